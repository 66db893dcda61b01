select
    {{ campaign_key('source_record_id') }} as campaign_key,
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
    md5(lower(coalesce(utm_campaign, name, source_record_id))) as initiative_key,
    deleted_at is not null as is_deleted,
    _loaded_at,
    '{{ invocation_id }}' as run_id
from ({{ union_members('campaigns') }}) as campaigns
