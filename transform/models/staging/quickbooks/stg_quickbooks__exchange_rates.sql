-- The rate written into a sale: units of the company's home currency for one unit of the sale's.
-- https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/invoice
with homes as (
    select _connection_id, max({{ json_text('"CurrencyPrefs"', 'HomeCurrency', 'value') }}) as currency
    from {{ raw('quickbooks', 'preferences') }} as preferences group by _connection_id
),

{%- set sales = ['invoices', 'sales_receipts', 'payments'] %}
sales as (
    {%- for stream in sales %}
    select {{ origin('quickbooks', stream) }},
        "Id" as source_record_id, {{ json_text('"CurrencyRef"', 'value') }} as currency, "TxnDate" as rate_date,
        "ExchangeRate" as rate, _connection_id, _sdc_deleted_at, _sdc_extracted_at
    from {{ raw('quickbooks', stream) }} as raw_rows
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    sales.source_relation, sales.platform, sales.connection_id, sales.account_id, sales.source_object, sales.source_record_id,
    sales.currency as from_currency,
    homes.currency as to_currency,
    sales.rate_date,
    cast(sales.rate as numeric(28,12)) as rate,
    sales._sdc_deleted_at as deleted_at,
    sales._sdc_extracted_at as _loaded_at
from sales
inner join homes on homes._connection_id = sales._connection_id
where sales.rate is not null and sales.currency <> homes.currency
