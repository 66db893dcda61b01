with campaign as (select * from {{ raw('google_ads', 'campaigns') }} as campaigns),

budget as (select * from {{ raw('google_ads', 'campaign_budgets') }} as campaign_budgets),

account as (select * from {{ raw('google_ads', 'accounts') }} as accounts),

-- The UTM campaign that the landing pages of a campaign's ads carry, where they agree on one.
landing as (
    select _connection_id, customer_id, campaign_id, case when count(distinct utm) = 1 then max(utm) end as utm
    from (
        select ad.*, {{ url_parameter(json_text('ad_group_ad_ad_final_urls', 0), 'utm_campaign') }} as utm
        from {{ raw('google_ads', 'ads') }} as ad
    ) as ads
    group by _connection_id, customer_id, campaign_id
)

select
    {{ origin('google_ads', 'campaigns', from='campaign', account='customer_id') }},
    campaign.campaign_id as source_record_id,
    ---------- what
    campaign.campaign_name as name,
    'campaign' as native_level,
    lower(campaign.campaign_bidding_strategy_type) as objective,
    lower(campaign.campaign_status) as status,
    'google ' || lower(campaign.campaign_advertising_channel_type) as channel,
    coalesce(
        {{ url_parameter("'?' || campaign.campaign_final_url_suffix", 'utm_campaign') }},
        {{ url_parameter('campaign.campaign_tracking_url_template', 'utm_campaign') }},
        landing.utm
    ) as utm_campaign,
    cast(left(campaign.campaign_start_date_time, 10) as date) as start_date,
    cast(left(campaign.campaign_end_date_time, 10) as date) as end_date,
    ---------- money: the budget of a day, or of the whole run where that is set
    {{ micros('coalesce(budget.campaign_budget_amount_micros, budget.campaign_budget_total_amount_micros)') }} as budget,
    account.customer_client_currency_code as currency,
    ---------- when
    campaign._sdc_deleted_at as deleted_at,
    campaign._sdc_extracted_at as _loaded_at
from campaign
left join budget
    on budget.campaign_budget_resource_name = campaign.campaign_campaign_budget
    and budget._connection_id = campaign._connection_id
left join account
    on account.customer_client_id = campaign.customer_id and account._connection_id = campaign._connection_id
left join landing
    on landing.campaign_id = campaign.campaign_id
    and landing.customer_id = campaign.customer_id
    and landing._connection_id = campaign._connection_id
