with campaign as (select * from {{ raw('linkedin_ads', 'campaigns') }} as campaigns),

account as (select * from {{ raw('linkedin_ads', 'accounts') }} as accounts)

select
    {{ origin('linkedin_ads', 'campaigns', from='campaign', account='account_id') }},
    campaign.id as source_record_id,
    ---------- what
    campaign.name as name,
    'campaign' as native_level, -- campaign groups hold campaigns; there are no ad groups
    lower(campaign."objectiveType") as objective,
    lower(campaign.status) as status,
    'linkedin' as channel,
    cast(null as text) as utm_campaign, -- the landing page stands in the post that a creative shows
    {{ utc_date(from_epoch('campaign.run_schedule_start / 1000')) }} as start_date,
    {{ utc_date(from_epoch('campaign.run_schedule_end / 1000')) }} as end_date,
    ---------- money: the budget of a day, or of the whole run where that is set
    {{ amount('coalesce(campaign.daily_budget_amount, campaign.total_budget_amount)') }} as budget,
    coalesce(campaign.daily_budget_currency, campaign.total_budget_currency, account.currency) as currency,
    ---------- when
    campaign._sdc_deleted_at as deleted_at,
    campaign._sdc_extracted_at as _loaded_at
from campaign
left join account on account.id = campaign.account_id and account._connection_id = campaign._connection_id
