{{ config(meta={
    'key': 'customer_key', 'tells': ['customer_key', 'value_norm'],
    'covered': dict.fromkeys(['int_customer_identifiers', 'int_customer_records', 'customer_identities'], 'int_customer_members'),
}) }}
{{ touched([told('int_customer_members', 'customer_key')]) }}
with seen as (
    select
        identifier.id_type, identifier.value_norm, identity.customer_key,
        count(distinct identifier.record_key) as times_seen,
        min(record.created_at) as first_seen_at,
        max(coalesce(record.updated_at, record.created_at)) as last_seen_at,
        max(identifier.distinct_names) as distinct_names,
        {{ any_true('identifier.is_shared') }} as is_shared,
        max(record._loaded_at) as _loaded_at
    from {{ ref('int_customer_identifiers') }} as identifier
    inner join {{ ref('int_customer_records') }} as record on record.record_key = identifier.record_key
    inner join {{ ref('customer_identities') }} as identity
        on identity.record_key = identifier.record_key and identity.is_current
    where {{ only('identity.customer_key') }}
    group by identifier.id_type, identifier.value_norm, identity.customer_key
)

select
    {{ key_of(['id_type', 'value_norm', 'customer_key']) }} as identifier_id,
    id_type,
    value_norm,
    md5(value_norm) as value_hash,
    customer_key,
    times_seen,
    distinct_names,
    is_shared,
    first_seen_at,
    last_seen_at,
    _loaded_at,
    '{{ invocation_id }}' as run_id
from seen
