with performance as (select * from ({{ union_members('campaign_performance_daily') }}) as members where deleted_at is null)

select
    {{ key_of(['platform', 'connection_id', 'account_id', 'source_object', 'source_record_id']) }} as performance_key,
    source_relation, platform, connection_id, account_id,
    performance.date_day,
    account_timezone,
    {{ campaign_key('source_campaign_id') }} as campaign_key,
    ad_group_id, ad_id, country,
    performance.currency,
    impressions,
    clicks,
    spend,
    {{ in_base('spend', 'performance.currency') }} as spend_base,
    {{ base_columns('performance.currency') }},
    platform_conversions,
    platform_conversion_value,
    attribution_window,
    {%- set campaign_row = 'case when ad_group_id is null and ad_id is null and country is null then ' %}
    {{ campaign_row }} coalesce(daily.orders, 0) end as orders_attributed,
    {{ campaign_row }} coalesce(daily.revenue, 0) end as revenue_attributed,
    {{ campaign_row }} coalesce(daily.revenue_base, 0) end as revenue_attributed_base,
    is_final,
    _loaded_at,
    '{{ invocation_id }}' as run_id
from performance
left join {{ ref('int_campaign_earnings') }} as daily
    on daily.campaign_key = {{ campaign_key('source_campaign_id') }} and daily.date_day = performance.date_day
{{ rate_join('performance.currency', 'performance.date_day') }}
