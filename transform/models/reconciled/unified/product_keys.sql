{# The memory of products: keys once given are kept, so it is never rebuilt, not even by --full-refresh. #}
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='assignment_id',
    on_schema_change='append_new_columns', full_refresh=false,
) }}
{% set columns = {
    'assignment_id': 'text', 'grain': 'text', 'record_key': 'text', 'group_key': 'text', 'key_minted_at': 'timestamp with time zone',
    'minted_from': 'text', 'valid_from': 'timestamp with time zone', 'valid_to': 'timestamp with time zone', 'is_current': 'boolean',
    'run_id': 'text',
} %}

-- A listing has a key as a variant, and one as the product whose variants belong together: two records here.
with history as (
    {% if is_incremental() %}
    select
        assignment_id, grain || ':' || record_key as record_key, group_key, key_minted_at, grain || ':' || minted_from as minted_from,
        valid_from, valid_to, is_current, run_id
    from {{ this }}
    {% else %}
    select {% for name, type in columns.items() if name != 'grain' %}cast(null as {{ type }}) as {{ name }}{{ ', ' if not loop.last }}{% endfor %}
    where false
    {% endif %}
),

held as (select * from history where is_current),

records as (
    select 'variant:' || record.record_key as record_key, 'variant:' || cluster.cluster_id as cluster_id, record.created_at, record.deleted_at
    from {{ ref('int_product_records') }} as record
    inner join {{ ref('int_product_clusters') }} as cluster on cluster.record_key = record.record_key
    union all
    select 'product:' || record.record_key, 'product:' || family.family_id, record.created_at, record.deleted_at
    from {{ ref('int_product_records') }} as record
    inner join {{ ref('int_product_families') }} as family on family.record_key = record.record_key
),

-- A deleted listing keeps the key it had; only living ones (and those never seen before) say where a key belongs.
grouped as (
    select records.*
    from records
    left join held on held.record_key = records.record_key
    where records.deleted_at is null or held.record_key is null
),

{{ lasting_keys('group_key') }},

assigned as (
    select grouped.record_key, keyed.group_key, keyed.minted_at, keyed.minted_from
    from grouped inner join keyed on keyed.cluster_id = grouped.cluster_id
    union all
    select held.record_key, coalesce(keyed.group_key, held.group_key), coalesce(keyed.minted_at, held.key_minted_at), null
    from held
    inner join records on records.record_key = held.record_key and records.deleted_at is not null
    left join parts on parts.group_key = held.group_key and parts.place = 1
    left join keyed on keyed.cluster_id = parts.cluster_id
),

origins as (select group_key, max(minted_from) as minted_from from history group by group_key),

opened as (
    select
        md5(assigned.record_key || '|' || '{{ run_started_at }}') as assignment_id,
        assigned.record_key, assigned.group_key, assigned.minted_at as key_minted_at,
        coalesce(assigned.minted_from, origins.minted_from) as minted_from,
        {{ run_at() }} as valid_from, cast(null as timestamp with time zone) as valid_to, true as is_current,
        '{{ invocation_id }}' as run_id
    from assigned
    left join held on held.record_key = assigned.record_key
    left join origins on origins.group_key = assigned.group_key
    where held.record_key is null or held.group_key <> assigned.group_key
),

closed as (
    select
        held.assignment_id, held.record_key, held.group_key, held.key_minted_at, held.minted_from, held.valid_from,
        {{ run_at() }} as valid_to, false as is_current, held.run_id
    from held
    left join assigned on assigned.record_key = held.record_key
    where assigned.record_key is null or assigned.group_key <> held.group_key
)

select
    assignment_id, left(record_key, 7) as grain, substr(record_key, 9) as record_key, group_key, key_minted_at,
    substr(minted_from, 9) as minted_from, valid_from, valid_to, is_current, run_id
from (select * from opened union all select * from closed) as assignments
