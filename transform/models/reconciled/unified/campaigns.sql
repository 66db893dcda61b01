with members as (
    select {{ campaign_key('source_record_id') }} as campaign_key, members.*
    from ({{ union_members('campaigns') }}) as members
),

-- Campaigns of several platforms are one initiative by your own rules, else by their UTM campaign, else by their name.
ruled as (
    select
        members.campaign_key, rules.initiative,
        row_number() over (partition by members.campaign_key order by rules.priority, rules.initiative) as place
    from members
    inner join {{ ref('initiative_rules') }} as rules
        on (rules.platform is null or rules.platform = members.platform)
        and {{ matches("lower(coalesce(members.name, '') || ' ' || coalesce(members.utm_campaign, ''))", 'rules.pattern') }}
),

grouped as (
    select
        members.*,
        coalesce(ruled.initiative, {{ initiative_name('utm_campaign') }}, {{ initiative_name('members.name') }}, source_record_id) as initiative,
        case
            when ruled.initiative is not null then 'rule'
            when {{ initiative_name('utm_campaign') }} is not null then 'utm_campaign'
            when {{ initiative_name('members.name') }} is not null then 'name'
            else 'alone'
        end as initiative_rule
    from members
    left join ruled on ruled.campaign_key = members.campaign_key and ruled.place = 1
)

select
    campaign_key,
    source_relation, platform, connection_id, account_id,
    source_record_id as campaign_id,
    name,
    native_level,
    objective,
    status,
    channel,
    utm_campaign,
    start_date,
    end_date,
    budget,
    currency,
    md5(initiative) as initiative_key,
    initiative,
    initiative_rule,
    deleted_at is not null as is_deleted,
    _loaded_at,
    '{{ invocation_id }}' as run_id
from grouped
