-- Deals that were won: the sale itself, for Pipedrive has no orders. Deals are not taxed, lines are.
with {{ pipedrive_won_deals() }},

buyers as (select * from {{ ref('stg_pipedrive__customers') }} where deleted_at is null)

select
    'pipedrive.' || won.stream as source_relation,
    'pipedrive' as platform,
    won._connection_id as connection_id,
    won._connection_id as account_id,
    'orders' as source_object,
    won.id as source_record_id,
    won.title as order_number,
    ---------- who
    coalesce(won.person_id, won.org_id) as source_customer_id,
    buyers.email,
    buyers.phone,
    'pipedrive' as channel,
    false as is_test, -- a sandbox is a company of its own
    ---------- state
    won.won_at as placed_at,
    cast(null as timestamp with time zone) as cancelled_at, -- a deal that is lost after all is no longer won
    'closed' as status,
    cast(null as text) as financial_status, -- Pipedrive knows nothing of payments
    cast(null as text) as fulfilment_status, -- Pipedrive knows nothing of deliveries
    ---------- money
    won.currency,
    {{ amount('won.value') }} as subtotal,
    cast(null as numeric(38,9)) as discount, -- stands in the lines
    cast(null as numeric(38,9)) as shipping, -- Pipedrive has none
    cast(null as numeric(38,9)) as tax, -- stands in the lines
    cast(null as numeric(38,9)) as tip, -- Pipedrive has none
    {{ amount('won.value') }} as total,
    cast(null as numeric(38,9)) as refunded, -- Pipedrive has none
    won.currency as presentment_currency,
    {{ amount('won.value') }} as presentment_total,
    ---------- where it came from
    cast(null as text) as utm_source, -- custom fields of the account
    cast(null as text) as utm_medium, -- custom fields of the account
    cast(null as text) as utm_campaign, -- custom fields of the account
    cast(null as text) as utm_term, -- custom fields of the account
    cast(null as text) as utm_content, -- custom fields of the account
    cast(null as text) as click_ids, -- custom fields of the account
    ---------- when
    won.update_time as updated_at,
    case when won.is_deleted then coalesce(won._sdc_deleted_at, won.update_time, won._sdc_extracted_at) else won._sdc_deleted_at end as deleted_at,
    won._sdc_extracted_at as _loaded_at
from won
left join buyers on buyers.source_record_id = won.person_id and buyers.connection_id = won._connection_id
