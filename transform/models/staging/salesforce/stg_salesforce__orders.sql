select
    {{ origin('salesforce', 'orders', from='orders') }},
    orders."Id" as source_record_id,
    orders."OrderNumber" as order_number,
    ---------- who
    coalesce(orders."BillToContactId", account."PersonContactId", orders."AccountId") as source_customer_id,
    contact."Email" as email,
    contact."Phone" as phone,
    'salesforce' as channel,
    false as is_test, -- a sandbox is a connection of its own
    ---------- state
    coalesce(orders."ActivatedDate", orders."CreatedDate") as placed_at,
    cast(null as timestamp with time zone) as cancelled_at, -- Salesforce has no moment of cancellation
    lower(orders."Status") as status,
    cast(null as text) as financial_status, -- Salesforce knows nothing of payments
    cast(null as text) as fulfilment_status, -- Salesforce knows nothing of deliveries
    ---------- money
    orders."CurrencyIsoCode" as currency,
    {{ amount('orders."TotalAmount"') }} as subtotal,
    cast(null as numeric(38,9)) as discount, -- Salesforce has none
    cast(null as numeric(38,9)) as shipping, -- Salesforce has none
    cast(null as numeric(38,9)) as tax, -- Salesforce has none
    cast(null as numeric(38,9)) as tip, -- Salesforce has none
    {{ amount('orders."TotalAmount"') }} as total,
    cast(null as numeric(38,9)) as refunded, -- a reduction order is an order of its own
    cast(null as text) as presentment_currency, -- Salesforce has none
    cast(null as numeric(38,9)) as presentment_total, -- Salesforce has none
    ---------- where it came from
    cast(null as text) as utm_source, -- Salesforce has none
    cast(null as text) as utm_medium, -- Salesforce has none
    cast(null as text) as utm_campaign, -- Salesforce has none
    cast(null as text) as utm_term, -- Salesforce has none
    cast(null as text) as utm_content, -- Salesforce has none
    cast(null as text) as click_ids, -- Salesforce has none
    ---------- when
    orders."LastModifiedDate" as updated_at,
    orders._sdc_deleted_at as deleted_at,
    orders._sdc_extracted_at as _loaded_at
from {{ raw('salesforce', 'orders') }} as orders
left join {{ raw('salesforce', 'accounts') }} as account
    on account."Id" = orders."AccountId" and account._connection_id = orders._connection_id
left join {{ raw('salesforce', 'contacts') }} as contact
    on contact."Id" = coalesce(orders."BillToContactId", account."PersonContactId")
    and contact._connection_id = orders._connection_id
