-- Deals that were won: the sale itself. HubSpot's own orders have no amounts unless the account adds the columns.
with won as (
    select * from {{ raw('hubspot', 'deals') }} as deals where coalesce(hs_is_closed_won, dealstage = 'closedwon')
),

contacts as (
    select _connection_id, deal_id, min(contact_id) as contact_id
    from {{ raw('hubspot', 'deal_contacts') }} as deal_contacts where _sdc_deleted_at is null group by _connection_id, deal_id
),

companies as (
    select _connection_id, deal_id, min(company_id) as company_id
    from {{ raw('hubspot', 'deal_companies') }} as deal_companies where _sdc_deleted_at is null group by _connection_id, deal_id
)

select
    {{ origin('hubspot', 'deals', from='won', object='orders') }},
    won.id as source_record_id,
    won.dealname as order_number,
    ---------- who
    coalesce(contacts.contact_id, companies.company_id) as source_customer_id,
    contact.email,
    coalesce(contact.phone, contact.mobilephone) as phone,
    'hubspot' as channel,
    false as is_test, -- a sandbox is an account of its own
    ---------- state
    coalesce(won.closedate, won."createdAt") as placed_at,
    cast(null as timestamp with time zone) as cancelled_at, -- a deal that is lost after all is no longer won
    'closed' as status,
    cast(null as text) as financial_status, -- a deal knows nothing of payments
    cast(null as text) as fulfilment_status, -- a deal knows nothing of deliveries
    ---------- money
    won.deal_currency_code as currency,
    {{ amount('won.amount') }} as subtotal,
    cast(null as numeric(38,9)) as discount, -- stands in the lines
    cast(null as numeric(38,9)) as shipping, -- HubSpot has none
    cast(null as numeric(38,9)) as tax, -- stands in the lines
    cast(null as numeric(38,9)) as tip, -- HubSpot has none
    {{ amount('won.amount') }} as total,
    cast(null as numeric(38,9)) as refunded, -- HubSpot has none
    won.deal_currency_code as presentment_currency,
    {{ amount('won.amount') }} as presentment_total,
    ---------- where it came from
    cast(null as text) as utm_source, -- visits are the contact's
    cast(null as text) as utm_medium, -- visits are the contact's
    cast(null as text) as utm_campaign, -- visits are the contact's
    cast(null as text) as utm_term, -- visits are the contact's
    cast(null as text) as utm_content, -- visits are the contact's
    cast(null as text) as click_ids, -- visits are the contact's
    ---------- when
    won."updatedAt" as updated_at,
    won._sdc_deleted_at as deleted_at,
    won._sdc_extracted_at as _loaded_at
from won
left join contacts on contacts.deal_id = won.id and contacts._connection_id = won._connection_id
left join companies on companies.deal_id = won.id and companies._connection_id = won._connection_id
left join {{ raw('hubspot', 'contacts') }} as contact
    on contact.id = contacts.contact_id and contact._connection_id = won._connection_id
