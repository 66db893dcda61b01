-- Visits that a campaign brought, of whom and before which order if that is known.
with visits as (
    select
        {{ record_key() }} as touch_key, platform, connection_id, source_order_id, source_customer_id, touched_at,
        utm_campaign, click_ids
    from ({{ union_members('touches') }}) as members where deleted_at is null
),

orders as (select * from {{ ref('int_orders') }} where deleted_at is null and not coalesce(is_test, false)),

-- An order's own marks are its last visit, where its platform tells no visits.
marked as (
    select touch_key, platform, connection_id, source_order_id, source_customer_id, touched_at, utm_campaign, click_ids
    from visits
    union all
    select order_key, platform, connection_id, source_record_id, source_customer_id, placed_at, utm_campaign, click_ids
    from orders
    where (utm_campaign is not null or click_ids is not null)
        and not exists (
            select 1 from visits
            where visits.platform = orders.platform and visits.connection_id = orders.connection_id
                and visits.source_order_id = orders.source_record_id
        )
),

campaigns as (select * from {{ ref('campaigns') }}),

clicks as (
    select click_id, max({{ campaign_key('source_campaign_id') }}) as campaign_key
    from ({{ union_members('campaign_clicks') }}) as clicks
    where deleted_at is null
    group by click_id
    having count(distinct {{ campaign_key('source_campaign_id') }}) = 1
),

-- A UTM campaign names a campaign by its own tag, its name or its id; one that names several names none.
tags as (
    select tag, max(campaign_key) as campaign_key
    from (
        select lower(utm_campaign) as tag, campaign_key from campaigns where native_level = 'campaign'
        union select lower(name), campaign_key from campaigns where native_level = 'campaign'
        union select lower(campaign_id), campaign_key from campaigns where native_level = 'campaign'
    ) as named
    where tag <> ''
    group by tag
    having count(distinct campaign_key) = 1
)

select
    marked.touch_key,
    orders.order_key,
    coalesce(orders.customer_key, owners.customer_key) as customer_key,
    marked.touched_at,
    coalesce(clicks.campaign_key, tags.campaign_key) as campaign_key,
    case when clicks.campaign_key is not null then 'click_id' else 'utm_campaign' end as rule
from marked
left join clicks on clicks.click_id = marked.click_ids
left join tags on tags.tag = lower(marked.utm_campaign)
left join orders
    on orders.platform = marked.platform and orders.connection_id = marked.connection_id
    and orders.source_record_id = marked.source_order_id
left join {{ ref('int_record_owners') }} as owners
    on owners.platform = marked.platform and owners.connection_id = marked.connection_id
    and owners.source_record_id = marked.source_customer_id
where coalesce(clicks.campaign_key, tags.campaign_key) is not null
    and (orders.order_key is not null or owners.customer_key is not null and marked.source_order_id is null)
