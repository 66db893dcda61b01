with campaign as (select * from {{ raw('tiktok_ads', 'campaigns') }} as campaigns),

account as (select * from {{ raw('tiktok_ads', 'advertisers') }} as advertisers),

-- The UTM campaign of a campaign's landing pages and the days its ad groups run, where the ads agree on one.
landing as (
    select _connection_id, campaign_id, case when count(distinct utm) = 1 then max(utm) end as utm
    from (
        select ad._connection_id, ad.campaign_id, {{ url_parameter('ad.landing_page_url', 'utm_campaign') }} as utm
        from {{ raw('tiktok_ads', 'ads') }} as ad
    ) as ads
    group by _connection_id, campaign_id
),

schedule as (
    select
        _connection_id,
        campaign_id,
        min(schedule_start_time) as started_at,
        case when count(schedule_end_time) = count(*) then max(schedule_end_time) end as ended_at
    from {{ raw('tiktok_ads', 'ad_groups') }} as ad_groups
    group by _connection_id, campaign_id
)

select
    {{ origin('tiktok_ads', 'campaigns', from='campaign', account='advertiser_id') }},
    campaign.campaign_id as source_record_id,
    ---------- what
    campaign.campaign_name as name,
    'campaign' as native_level,
    lower(campaign.objective_type) as objective,
    lower(campaign.secondary_status) as status,
    'tiktok' as channel,
    landing.utm as utm_campaign,
    {{ utc_date('schedule.started_at') }} as start_date,
    {{ utc_date('schedule.ended_at') }} as end_date,
    ---------- money: the budget of a day or of the whole run; zero where it is set per ad group
    {{ amount('nullif(campaign.budget, 0)') }} as budget,
    account.currency as currency,
    ---------- when
    campaign._sdc_deleted_at as deleted_at,
    campaign._sdc_extracted_at as _loaded_at
from campaign
left join account
    on account.advertiser_id = campaign.advertiser_id and account._connection_id = campaign._connection_id
left join landing on landing.campaign_id = campaign.campaign_id and landing._connection_id = campaign._connection_id
left join schedule on schedule.campaign_id = campaign.campaign_id and schedule._connection_id = campaign._connection_id
