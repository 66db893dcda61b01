{# The campaigns of one of the advertising programmes: sp, sb or sd; objective and budget are columns. #}
{% macro amazon_ads_campaigns(programme, channel, objective, budget='budget') %}
with campaign as (select * from {{ raw('amazon_ads', programme ~ '_campaigns') }} as _campaigns),

profile as (select * from {{ raw('amazon_ads', 'profiles') }} as profiles)

select
    {{ origin('amazon_ads', programme ~ '_campaigns', from='campaign', account='profile_id') }},
    campaign."campaignId" as source_record_id,
    ---------- what
    campaign.name as name,
    'campaign' as native_level,
    lower(campaign.{{ objective }}) as objective,
    lower(campaign.state) as status,
    '{{ channel }}' as channel,
    cast(null as text) as utm_campaign, -- ads lead to Amazon's own pages
    campaign."startDate" as start_date,
    campaign."endDate" as end_date,
    ---------- money: the budget of a day, or of the whole run
    {{ amount('campaign.' ~ budget) }} as budget,
    profile."currencyCode" as currency,
    ---------- when
    campaign._sdc_deleted_at as deleted_at,
    campaign._sdc_extracted_at as _loaded_at
from campaign
left join profile
    on profile."profileId" = campaign.profile_id and profile._connection_id = campaign._connection_id
{% endmacro %}
