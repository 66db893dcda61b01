select
    {{ origin('salesforce', 'campaigns', from='campaign') }},
    campaign."Id" as source_record_id,
    ---------- what
    campaign."Name" as name,
    'initiative' as native_level, -- may bundle e-mails, events and advertisements
    campaign."Type" as objective,
    lower(campaign."Status") as status,
    'marketing' as channel,
    cast(null as text) as utm_campaign, -- Salesforce has none
    campaign."StartDate" as start_date,
    campaign."EndDate" as end_date,
    ---------- money
    {{ amount('campaign."BudgetedCost"') }} as budget,
    campaign."CurrencyIsoCode" as currency,
    ---------- when
    campaign._sdc_deleted_at as deleted_at,
    campaign._sdc_extracted_at as _loaded_at
from {{ raw('salesforce', 'campaigns') }} as campaign
