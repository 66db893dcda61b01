with campaign as (select * from {{ raw('microsoft_ads', 'campaigns') }} as campaigns),

account as (select * from {{ raw('microsoft_ads', 'accounts') }} as accounts),

budget as (select * from {{ raw('microsoft_ads', 'budgets') }} as budgets),

-- The UTM campaign that the landing pages of a campaign's ads carry, where they agree on one.
landing as (
    select _connection_id, campaign_id, case when count(distinct utm) = 1 then max(utm) end as utm
    from (
        select ad._connection_id, ad.campaign_id, {{ url_parameter(json_text('ad."FinalUrls"', 0), 'utm_campaign') }} as utm
        from {{ raw('microsoft_ads', 'ads') }} as ad
    ) as ads
    group by _connection_id, campaign_id
)

select
    {{ origin('microsoft_ads', 'campaigns', from='campaign', account='account_id') }},
    campaign."Id" as source_record_id,
    ---------- what
    campaign."Name" as name,
    'campaign' as native_level,
    lower({{ json_text('campaign."BiddingScheme"', 'Type') }}) as objective, -- the bidding scheme: there is no other goal
    lower(campaign."Status") as status,
    'microsoft ' || lower(campaign."CampaignType") as channel,
    coalesce(
        {{ url_parameter("'?' || campaign.\"FinalUrlSuffix\"", 'utm_campaign') }},
        {{ url_parameter('campaign."TrackingUrlTemplate"', 'utm_campaign') }},
        landing.utm
    ) as utm_campaign,
    {{ utc_date('campaign."StartDate"') }} as start_date,
    {{ utc_date('campaign."EndDate"') }} as end_date,
    ---------- money: the budget of a day, its own or the one it shares
    {{ amount('coalesce(campaign."DailyBudget", budget."Amount")') }} as budget,
    account."CurrencyCode" as currency,
    ---------- when
    campaign._sdc_deleted_at as deleted_at,
    campaign._sdc_extracted_at as _loaded_at
from campaign
left join account on account."Id" = campaign.account_id and account._connection_id = campaign._connection_id
left join budget
    on budget."Id" = campaign."BudgetId"
    and budget.account_id = campaign.account_id
    and budget._connection_id = campaign._connection_id
left join landing on landing.campaign_id = campaign."Id" and landing._connection_id = campaign._connection_id
