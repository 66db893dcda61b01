-- Sales invoices that were sent; drafts and voided ones are none. Where a shop wrote them, Reference is the shop's number.
with {{ xero_received_ahead() }},

-- AmountCredited holds what was received ahead too, which is money and no credit.
received_ahead as (
    select connection_id, order_id, sum(amount) as amount from ahead_parts where order_id is not null group by connection_id, order_id
)

select
    {{ origin('xero', 'invoices', object='orders') }},
    "InvoiceID" as source_record_id,
    "InvoiceNumber" as order_number,
    ---------- who
    {{ json_text('"Contact"', 'ContactID') }} as source_customer_id,
    {{ json_text('"Contact"', 'EmailAddress') }} as email,
    cast(null as text) as phone, -- stands in the contact
    'xero' as channel,
    false as is_test, -- a demo company is a connection of its own
    ---------- state
    cast("Date" as timestamp with time zone) as placed_at,
    cast(null as timestamp with time zone) as cancelled_at, -- voided ones are left out
    case "Status" when 'PAID' then 'closed' else 'open' end as status,
    case "Status" when 'PAID' then 'paid' else 'pending' end as financial_status,
    cast(null as text) as fulfilment_status, -- the books know no deliveries
    ---------- money
    "CurrencyCode" as currency,
    {{ amount('"SubTotal"') }} as subtotal,
    {{ amount('"TotalDiscount"') }} as discount,
    cast(null as numeric(38,9)) as shipping, -- a line like any other
    {{ amount('"TotalTax"') }} as tax,
    cast(null as numeric(38,9)) as tip, -- a line like any other
    {{ amount('"Total"') }} as total,
    {{ amount('"AmountCredited" - coalesce(received_ahead.amount, 0)') }} as refunded,
    "CurrencyCode" as presentment_currency,
    {{ amount('"Total"') }} as presentment_total,
    ---------- where it came from
    cast(null as text) as utm_source, -- the books know no visits
    cast(null as text) as utm_medium, -- the books know no visits
    cast(null as text) as utm_campaign, -- the books know no visits
    cast(null as text) as utm_term, -- the books know no visits
    cast(null as text) as utm_content, -- the books know no visits
    cast(null as text) as click_ids, -- the books know no visits
    ---------- when
    "UpdatedDateUTC" as updated_at,
    case when "Status" in ('DRAFT', 'SUBMITTED', 'VOIDED', 'DELETED') then coalesce(_sdc_deleted_at, "UpdatedDateUTC", _sdc_extracted_at)
        else _sdc_deleted_at end as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('xero', 'invoices') }} as invoices
left join received_ahead
    on received_ahead.connection_id = invoices._connection_id and received_ahead.order_id = invoices."InvoiceID"
where "Type" = 'ACCREC'
