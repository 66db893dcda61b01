-- Spend and its fruits per day and campaign. What platforms report and what orders show stand side by side, never summed.
with spent as (
    select
        date_day, campaign_key, currency, max(account_timezone) as account_timezone,
        sum(impressions) as impressions, sum(clicks) as clicks, sum(spend) as spend,
        sum(platform_conversions) as platform_conversions, sum(platform_conversion_value) as platform_conversion_value
    from {{ ref('campaign_performance_daily') }}
    where ad_group_id is null and ad_id is null and country is null
    group by date_day, campaign_key, currency
),

zones as (select campaign_key, max(account_timezone) as account_timezone, max(currency) as currency from spent group by campaign_key),

-- Revenue is compared with spend only in the currency of the account; orders in others are counted, not converted.
earned as (
    select
        orders.attributed_campaign_key as campaign_key,
        cast(orders.placed_at at time zone coalesce(zones.account_timezone, 'UTC') as date) as date_day,
        count(*) as orders,
        sum(case when orders.currency = zones.currency then orders.net end) as revenue,
        count(case when orders.currency <> zones.currency then 1 end) as orders_in_other_currencies
    from {{ ref('orders') }} as orders
    inner join zones on zones.campaign_key = orders.attributed_campaign_key
    where not orders.is_test and orders.cancelled_at is null
    group by 1, 2
),

days as (
    select date_day, campaign_key from spent
    union
    select date_day, campaign_key from earned
)

select
    days.date_day,
    campaign.platform,
    campaign.channel,
    campaign.campaign_key,
    campaign.campaign_id,
    campaign.name as campaign_name,
    zones.account_timezone,
    zones.currency,
    coalesce(spent.impressions, 0) as impressions,
    coalesce(spent.clicks, 0) as clicks,
    coalesce(spent.spend, 0) as spend,
    coalesce(spent.platform_conversions, 0) as platform_conversions,
    coalesce(spent.platform_conversion_value, 0) as platform_conversion_value,
    coalesce(earned.orders, 0) as orders_attributed,
    coalesce(earned.revenue, 0) as revenue_attributed,
    coalesce(earned.orders_in_other_currencies, 0) as orders_in_other_currencies
from days
inner join {{ ref('campaigns') }} as campaign on campaign.campaign_key = days.campaign_key
left join zones on zones.campaign_key = days.campaign_key
left join spent on spent.campaign_key = days.campaign_key and spent.date_day = days.date_day
left join earned on earned.campaign_key = days.campaign_key and earned.date_day = days.date_day
