-- Spend and its fruits per day and campaign. What platforms report and what orders show stand side by side, never summed.
with spent as (
    select
        date_day, campaign_key, currency, max(account_timezone) as account_timezone,
        sum(impressions) as impressions, sum(clicks) as clicks, sum(spend) as spend, sum(spend_base) as spend_base,
        sum(platform_conversions) as platform_conversions, sum(platform_conversion_value) as platform_conversion_value
    from {{ ref('campaign_performance_daily') }}
    where ad_group_id is null and ad_id is null and country is null
    group by date_day, campaign_key, currency
),

zones as (select campaign_key, max(account_timezone) as account_timezone, max(currency) as currency from spent group by campaign_key),

earned as (
    select earned.* from {{ ref('int_campaign_earnings') }} as earned inner join zones on zones.campaign_key = earned.campaign_key
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
    campaign.initiative_key,
    zones.account_timezone,
    zones.currency,
    coalesce(spent.impressions, 0) as impressions,
    coalesce(spent.clicks, 0) as clicks,
    {{ amount('coalesce(spent.spend, 0)') }} as spend,
    {{ amount('case when spent.campaign_key is null then 0 else spent.spend_base end') }} as spend_base,
    {{ amount('coalesce(spent.platform_conversions, 0)') }} as platform_conversions,
    {{ amount('coalesce(spent.platform_conversion_value, 0)') }} as platform_conversion_value,
    {{ amount('coalesce(earned.orders, 0)') }} as orders_attributed,
    {{ amount('coalesce(earned.revenue, 0)') }} as revenue_attributed,
    {{ amount('coalesce(earned.orders_in_other_currencies, 0)') }} as orders_in_other_currencies,
    {{ amount('coalesce(earned.revenue_base, 0)') }} as revenue_attributed_base,
    {{ amount('coalesce(earned.new_customers, 0)') }} as new_customers,
    {{ ratio('earned.revenue_base', 'spent.spend_base') }} as roas,
    {{ ratio('spent.spend_base', 'earned.new_customers') }} as cac
from days
inner join {{ ref('campaigns') }} as campaign on campaign.campaign_key = days.campaign_key
left join zones on zones.campaign_key = days.campaign_key
left join spent on spent.campaign_key = days.campaign_key and spent.date_day = days.date_day
left join earned on earned.campaign_key = days.campaign_key and earned.date_day = days.date_day
