with performance as (select * from ({{ union_members('campaign_performance_daily') }}) as members where deleted_at is null),

attributed as (
    select attribution.campaign_key, orders.placed_at, orders.order_key
    from {{ ref('int_order_attribution') }} as attribution
    inner join {{ ref('int_orders') }} as orders on orders.order_key = attribution.order_key
    where not coalesce(orders.is_test, false) and orders.cancelled_at is null
),

zones as (select distinct {{ campaign_key('source_campaign_id') }} as campaign_key, account_timezone from performance),

-- Orders fall on the day of the advertising account's own calendar, as clicks and spend do.
daily as (
    select
        attributed.campaign_key,
        cast(attributed.placed_at at time zone coalesce(zones.account_timezone, 'UTC') as date) as date_day,
        count(*) as orders
    from attributed
    inner join zones on zones.campaign_key = attributed.campaign_key
    group by 1, 2
)

select
    {{ key_of(['platform', 'connection_id', 'account_id', 'source_object', 'source_record_id']) }} as performance_key,
    source_relation, platform, connection_id, account_id,
    performance.date_day,
    account_timezone,
    {{ campaign_key('source_campaign_id') }} as campaign_key,
    ad_group_id, ad_id, country,
    currency,
    impressions,
    clicks,
    spend,
    platform_conversions,
    platform_conversion_value,
    attribution_window,
    case when ad_group_id is null and ad_id is null and country is null then coalesce(daily.orders, 0) end as orders_attributed,
    is_final,
    _loaded_at,
    '{{ invocation_id }}' as run_id
from performance
left join daily on daily.campaign_key = {{ campaign_key('source_campaign_id') }} and daily.date_day = performance.date_day
