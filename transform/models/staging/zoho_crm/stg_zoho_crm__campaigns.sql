select
    {{ origin('zoho_crm', 'campaigns', from='campaign') }},
    campaign.id as source_record_id,
    ---------- what
    campaign."Campaign_Name" as name,
    'initiative' as native_level, -- may bundle e-mails, events and advertisements
    campaign."Type" as objective,
    lower(campaign."Status") as status,
    'marketing' as channel,
    cast(null as text) as utm_campaign, -- Zoho has none
    campaign."Start_Date" as start_date,
    campaign."End_Date" as end_date,
    ---------- money
    {{ amount('campaign."Budgeted_Cost"') }} as budget,
    coalesce(campaign."Currency", organization.currency) as currency,
    ---------- when
    campaign._sdc_deleted_at as deleted_at,
    campaign._sdc_extracted_at as _loaded_at
from {{ raw('zoho_crm', 'campaigns') }} as campaign
left join (
    select _connection_id, max(iso_code) as currency from {{ raw('zoho_crm', 'organization') }} as organization group by _connection_id
) as organization on organization._connection_id = campaign._connection_id
