-- What campaigns of all platforms have in common; its spend is counted once, at the grain of campaigns.
with spent as (
    select
        campaign_key, sum(spend_base) as spend_base, sum(impressions) as impressions, sum(clicks) as clicks,
        sum(orders_attributed) as orders, sum(revenue_attributed_base) as revenue_base
    from {{ ref('campaign_performance_daily') }}
    where ad_group_id is null and ad_id is null and country is null
    group by campaign_key
),

places as (
    select initiative_key, {{ listed('platform') }} as platforms
    from (select distinct initiative_key, platform from {{ ref('campaigns') }}) as seen group by initiative_key
)

select
    campaign.initiative_key,
    min(campaign.initiative) as name,
    min(campaign.initiative_rule) as rule,
    max(places.platforms) as platforms,
    count(*) as campaigns,
    min(campaign.start_date) as start_date,
    max(campaign.end_date) as end_date,
    {{ amount('coalesce(sum(spent.spend_base), 0)') }} as spend_base,
    '{{ var("base_currency") }}' as base_currency,
    cast(coalesce(sum(spent.impressions), 0) as bigint) as impressions,
    cast(coalesce(sum(spent.clicks), 0) as bigint) as clicks,
    {{ amount('coalesce(sum(spent.orders), 0)') }} as orders_attributed,
    {{ amount('coalesce(sum(spent.revenue_base), 0)') }} as revenue_attributed_base,
    '{{ invocation_id }}' as run_id
from {{ ref('campaigns') }} as campaign
inner join places on places.initiative_key = campaign.initiative_key
left join spent on spent.campaign_key = campaign.campaign_key
group by campaign.initiative_key
