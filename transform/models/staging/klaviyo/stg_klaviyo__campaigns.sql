select
    {{ origin('klaviyo', 'campaigns', from='campaign') }},
    campaign.id as source_record_id,
    ---------- what
    campaign.name,
    'campaign' as native_level,
    cast(null as text) as objective, -- Klaviyo has none
    lower(campaign.status) as status,
    coalesce(message.channel, 'marketing') as channel,
    cast(null as text) as utm_campaign, -- filled in by rules when it is sent
    {{ utc_date('coalesce(campaign.send_time, campaign.scheduled_at)') }} as start_date,
    cast(null as date) as end_date, -- a message is sent once
    ---------- money
    cast(null as numeric(38,9)) as budget, -- Klaviyo has none
    cast(null as text) as currency, -- Klaviyo has no budgets
    ---------- when
    campaign._sdc_deleted_at as deleted_at,
    campaign._sdc_extracted_at as _loaded_at
from {{ raw('klaviyo', 'campaigns') }} as campaign
left join (
    select _connection_id, campaign_id, min({{ json_text('definition', 'channel') }}) as channel
    from {{ raw('klaviyo', 'campaign_messages') }} as campaign_messages
    group by _connection_id, campaign_id
) as message on message.campaign_id = campaign.id and message._connection_id = campaign._connection_id
