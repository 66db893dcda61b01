{# The campaigns of an advertiser at Meta; `campaigns` is the query of those that belong to the channel. #}
{% macro meta_campaigns(platform, channel, campaigns) %}
with campaign as (select * from {{ campaigns }}),

account as (select * from {{ raw(platform, 'ad_accounts') }} as raw_rows),

-- The UTM campaign that the creatives of a campaign's ads carry, where they agree on one.
landing as (
    select _connection_id, campaign_id, case when count(distinct utm) = 1 then max(utm) end as utm
    from (
        select
            ad._connection_id,
            ad.campaign_id,
            coalesce(
                {{ url_parameter("'?' || creative.url_tags", 'utm_campaign') }},
                {{ url_parameter(json_text('creative.object_story_spec', 'link_data', 'link'), 'utm_campaign') }}
            ) as utm
        from {{ raw(platform, 'ads') }} as ad
        inner join {{ raw(platform, 'ad_creatives') }} as creative
            on creative.id = {{ json_text('ad.creative', 'id') }} and creative._connection_id = ad._connection_id
    ) as ads
    group by _connection_id, campaign_id
)

select
    {{ origin(platform, 'campaigns', from='campaign', account='account_id') }},
    campaign.id as source_record_id,
    ---------- what
    campaign.name as name,
    'campaign' as native_level,
    lower(campaign.objective) as objective,
    lower(campaign.effective_status) as status,
    '{{ channel }}' as channel,
    landing.utm as utm_campaign,
    {{ utc_date('campaign.start_time') }} as start_date,
    {{ utc_date('campaign.stop_time') }} as end_date,
    ---------- money: the budget of a day, or of the whole run; none where it is set per ad set
    {{ meta_money('coalesce(nullif(campaign.daily_budget, 0), nullif(campaign.lifetime_budget, 0))', 'account.currency') }} as budget,
    account.currency as currency,
    ---------- when
    campaign._sdc_deleted_at as deleted_at,
    campaign._sdc_extracted_at as _loaded_at
from campaign
left join account on account.account_id = campaign.account_id and account._connection_id = campaign._connection_id
left join landing on landing.campaign_id = campaign.id and landing._connection_id = campaign._connection_id
{% endmacro %}
