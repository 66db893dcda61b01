-- The campaign an order came from, by its last visit: the click id where the click is known, else the UTM campaign.
with orders as (select * from {{ ref('int_orders') }} where deleted_at is null),

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
    orders.order_key,
    coalesce(clicks.campaign_key, tags.campaign_key) as campaign_key,
    case when clicks.campaign_key is not null then 'click_id' else 'utm_campaign' end as attribution_rule
from orders
left join clicks on clicks.click_id = orders.click_ids
left join tags on tags.tag = lower(orders.utm_campaign)
where clicks.campaign_key is not null or tags.campaign_key is not null
