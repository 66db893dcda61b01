-- Sales orders, and invoices of no sales order: an invoice that comes of one repeats it.
{%- for stream, number, placed in [('sales_orders', 'SO_Number', 'Created_Time'), ('invoices', 'Invoice_Number', 'Invoice_Date')] %}
select
    {{ origin('zoho_crm', stream, from='sale', object='orders') }},
    sale.id as source_record_id, -- unique over all modules
    coalesce(sale."{{ number }}", sale."Subject") as order_number,
    ---------- who
    coalesce(sale."Contact_Name", sale."Account_Name") as source_customer_id,
    contact."Email" as email,
    contact."Phone" as phone,
    'zoho_crm' as channel,
    false as is_test, -- a sandbox is a connection of its own
    ---------- state
    coalesce(cast(sale."{{ placed }}" as timestamp with time zone), sale."Created_Time") as placed_at,
    case when lower(sale."Status") = 'cancelled' then sale."Modified_Time" end as cancelled_at, -- Zoho has no moment of cancellation
    lower(sale."Status") as status,
    cast(null as text) as financial_status, -- a status of the user's own words
    cast(null as text) as fulfilment_status, -- Zoho knows nothing of deliveries
    ---------- money
    coalesce(sale."Currency", organization.currency) as currency,
    {{ amount('sale."Sub_Total"') }} as subtotal,
    {{ amount('sale."Discount"') }} as discount,
    cast(null as numeric(38,9)) as shipping, -- Zoho has none
    cast(null as numeric(38,9)) as tax, -- tax stands in the lines
    cast(null as numeric(38,9)) as tip, -- Zoho has none
    {{ amount('sale."Grand_Total"') }} as total,
    cast(null as numeric(38,9)) as refunded, -- Zoho has none
    cast(null as text) as presentment_currency, -- Zoho has none
    cast(null as numeric(38,9)) as presentment_total, -- Zoho has none
    ---------- where it came from
    cast(null as text) as utm_source, -- Zoho has none
    cast(null as text) as utm_medium, -- Zoho has none
    cast(null as text) as utm_campaign, -- Zoho has none
    cast(null as text) as utm_term, -- Zoho has none
    cast(null as text) as utm_content, -- Zoho has none
    cast(null as text) as click_ids, -- Zoho has none
    ---------- when
    sale."Modified_Time" as updated_at,
    sale._sdc_deleted_at as deleted_at,
    sale._sdc_extracted_at as _loaded_at
from {{ raw('zoho_crm', stream) }} as sale
left join {{ raw('zoho_crm', 'contacts') }} as contact
    on contact.id = sale."Contact_Name" and contact._connection_id = sale._connection_id
left join (
    select _connection_id, max(iso_code) as currency from {{ raw('zoho_crm', 'organization') }} as organization group by _connection_id
) as organization on organization._connection_id = sale._connection_id
{%- if stream == 'invoices' %}
where not exists (
    select 1 from {{ raw('zoho_crm', 'sales_orders') }} as invoiced
    where invoiced.id = sale."Sales_Order" and invoiced._connection_id = sale._connection_id and invoiced._sdc_deleted_at is null
)
{%- endif %}
{{ 'union all' if not loop.last }}
{%- endfor %}
