with campaign as (select * from {{ raw('pinterest_ads', 'campaigns') }} as campaigns),

account as (select * from {{ raw('pinterest_ads', 'ad_accounts') }} as ad_accounts),

-- The UTM campaign that the landing pages of a campaign's ads carry, where they agree on one.
landing as (
    select _connection_id, campaign_id, case when count(distinct utm) = 1 then max(utm) end as utm
    from (
        select ad._connection_id, ad.campaign_id, {{ url_parameter('ad.destination_url', 'utm_campaign') }} as utm
        from {{ raw('pinterest_ads', 'ads') }} as ad
    ) as ads
    group by _connection_id, campaign_id
)

select
    {{ origin('pinterest_ads', 'campaigns', from='campaign', account='ad_account_id') }},
    campaign.id as source_record_id,
    ---------- what
    campaign.name as name,
    'campaign' as native_level,
    lower(campaign.objective_type) as objective,
    lower(campaign.summary_status) as status,
    'pinterest' as channel,
    landing.utm as utm_campaign,
    {{ utc_date(from_epoch('campaign.start_time')) }} as start_date,
    {{ utc_date(from_epoch('campaign.end_time')) }} as end_date,
    ---------- money: the budget of a day, or of the whole run where that is set
    {{ micros('coalesce(campaign.daily_spend_cap, campaign.lifetime_spend_cap)') }} as budget,
    account.currency as currency,
    ---------- when
    campaign._sdc_deleted_at as deleted_at,
    campaign._sdc_extracted_at as _loaded_at
from campaign
left join account on account.id = campaign.ad_account_id and account._connection_id = campaign._connection_id
left join landing on landing.campaign_id = campaign.id and landing._connection_id = campaign._connection_id
