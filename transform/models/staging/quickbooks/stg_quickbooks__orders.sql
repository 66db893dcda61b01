-- Invoices, and sales receipts for what was paid at once.
{%- for stream, paid in [('invoices', false), ('sales_receipts', true)] %}
select
    {{ origin('quickbooks', stream, from='sale', object='orders') }},
    '{{ stream }}/' || sale."Id" as source_record_id, -- the two count their ids apart
    sale."DocNumber" as order_number,
    ---------- who
    {{ json_text('sale."CustomerRef"', 'value') }} as source_customer_id,
    {{ json_text('sale."BillEmail"', 'Address') }} as email,
    cast(null as text) as phone, -- stands in the customer
    'quickbooks' as channel,
    false as is_test, -- a sandbox company is a connection of its own
    ---------- state
    cast(sale."TxnDate" as timestamp with time zone) as placed_at,
    cast(null as timestamp with time zone) as cancelled_at, -- a voided sale keeps its lines at zero
    {% if paid %}'closed'{% else %}case when sale."Balance" = 0 then 'closed' else 'open' end{% endif %} as status,
    {% if paid %}'paid'{% else %}case when sale."Balance" = 0 then 'paid' else 'pending' end{% endif %} as financial_status,
    cast(null as text) as fulfilment_status, -- the books know no deliveries
    ---------- money
    {{ json_text('sale."CurrencyRef"', 'value') }} as currency,
    {{ amount('sale."TotalAmt"') }} - coalesce({{ amount(json_text('sale."TxnTaxDetail"', 'TotalTax')) }}, 0) as subtotal,
    {{ amount('sale."DiscountAmt"') }} as discount,
    cast(null as numeric(38,9)) as shipping, -- a line like any other
    {{ amount(json_text('sale."TxnTaxDetail"', 'TotalTax')) }} as tax,
    cast(null as numeric(38,9)) as tip, -- a line like any other
    {{ amount('sale."TotalAmt"') }} as total,
    cast(null as numeric(38,9)) as refunded, -- stands in refund receipts and credit memos
    {{ json_text('sale."CurrencyRef"', 'value') }} as presentment_currency,
    {{ amount('sale."TotalAmt"') }} as presentment_total,
    ---------- where it came from
    cast(null as text) as utm_source, -- the books know no visits
    cast(null as text) as utm_medium, -- the books know no visits
    cast(null as text) as utm_campaign, -- the books know no visits
    cast(null as text) as utm_term, -- the books know no visits
    cast(null as text) as utm_content, -- the books know no visits
    cast(null as text) as click_ids, -- the books know no visits
    ---------- when
    sale."LastUpdatedTime" as updated_at,
    sale._sdc_deleted_at as deleted_at,
    sale._sdc_extracted_at as _loaded_at
from {{ raw('quickbooks', stream) }} as sale
{{ 'union all' if not loop.last }}
{%- endfor %}
