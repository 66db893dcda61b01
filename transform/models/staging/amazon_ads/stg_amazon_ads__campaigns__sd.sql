with campaign as (select * from {{ raw('amazon_ads', 'sd_campaigns') }}),

profile as (select * from {{ raw('amazon_ads', 'profiles') }})

select
    {{ origin('amazon_ads', 'sd_campaigns', from='campaign', account='profile_id') }},
    campaign."campaignId" as source_record_id,
    ---------- what
    campaign.name as name,
    'campaign' as native_level,
    lower(campaign.tactic) as objective,
    lower(campaign.state) as status,
    'amazon sponsored display' as channel,
    cast(null as text) as utm_campaign, -- ads lead to Amazon's own pages
    campaign."startDate" as start_date,
    campaign."endDate" as end_date,
    ---------- money: the budget of a day, or of the whole run
    {{ amount('campaign.budget') }} as budget,
    profile."currencyCode" as currency,
    ---------- when
    campaign._sdc_deleted_at as deleted_at,
    campaign._sdc_extracted_at as _loaded_at
from campaign
left join profile
    on profile."profileId" = campaign.profile_id and profile._connection_id = campaign._connection_id
