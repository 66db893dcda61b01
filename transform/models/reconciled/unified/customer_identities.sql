{# The only model with a memory: keys once given are kept, so it is never rebuilt, not even by --full-refresh. #}
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='identity_id',
    on_schema_change='append_new_columns', full_refresh=false, post_hook="{{ settled() }}",
) }}

with history as (
    {% if is_incremental() %}
    select * from {{ this }}
    {% else %}
    select {% for name, type in identity_columns().items() %}cast(null as {{ type }}) as {{ name }}{{ ', ' if not loop.last }}{% endfor %}
    where false
    {% endif %}
),

-- Only where links changed can a key move: those records, and the deleted ones that bear their keys.
regrouped as (
    select record_key from {{ ref('int_identity_regrouped') }}
    union
    select record_key from history
    where is_current and customer_key in (
        select customer_key from history
        where is_current and record_key in (select record_key from {{ ref('int_identity_regrouped') }})
    )
),

held as (select * from history where is_current and record_key in (select record_key from regrouped)),

records as (
    select record.*, cluster.cluster_id
    from {{ ref('int_customer_records') }} as record
    inner join {{ ref('int_customer_clusters') }} as cluster on cluster.record_key = record.record_key
    where record.record_key in (select record_key from regrouped)
),

-- A deleted record keeps the key it had; only living ones (and those never seen before) say where a key belongs.
grouped as (
    select records.*
    from records
    left join held on held.record_key = records.record_key
    where records.deleted_at is null or held.record_key is null
),

{{ lasting_keys('customer_key') }},

origins as (
    select customer_key, max(minted_from) as minted_from
    from history where customer_key in (select customer_key from held)
    group by customer_key
),

-- Where the keys of deleted records went.
heirs as (
    select parts.customer_key, keyed.customer_key as heir, keyed.minted_at
    from parts inner join keyed on keyed.cluster_id = parts.cluster_id
    where parts.place = 1
),

assigned as (
    select grouped.record_key, keyed.customer_key, keyed.minted_at
    from grouped inner join keyed on keyed.cluster_id = grouped.cluster_id
    union all
    select held.record_key, coalesce(heirs.heir, held.customer_key), coalesce(heirs.minted_at, held.key_minted_at)
    from held
    inner join records on records.record_key = held.record_key and records.deleted_at is not null
    left join heirs on heirs.customer_key = held.customer_key
),

-- The links that were followed, by the record at each end.
followed as (
    select link.left_key, link.right_key, link.rule, link.weight
    from {{ ref('int_identity_links') }} as link
    inner join grouped as one on one.record_key = link.left_key
    inner join grouped as other on other.record_key = link.right_key and other.cluster_id = one.cluster_id
    where link.verdict = 'auto'
),

reasons as (
    select record_key, coalesce(max(case when rule = 'steward' then rule end), min(rule)) as rule, max(weight) as weight
    from (
        select left_key as record_key, rule, weight from followed
        union all
        select right_key, rule, weight from followed
    ) as touching
    group by record_key
),

decided as (
    select left_key as record_key from {{ ref('int_identity_overrides') }}
    union
    select right_key from {{ ref('int_identity_overrides') }}
),

opened as (
    select
        md5(assigned.record_key || '|' || '{{ run_started_at }}') as identity_id,
        assigned.record_key,
        records.platform, records.connection_id, records.account_id, records.source_object, records.source_record_id,
        assigned.customer_key,
        coalesce(reasons.rule, 'alone') as rule,
        reasons.weight as match_weight,
        case when decided.record_key is not null then 'steward' when reasons.rule = 'model' then 'model' else 'rule' end as decided_by,
        assigned.minted_at as key_minted_at,
        coalesce(keyed.minted_from, origins.minted_from) as minted_from,
        {{ run_at() }} as valid_from,
        cast(null as timestamp with time zone) as valid_to,
        true as is_current,
        '{{ invocation_id }}' as run_id
    from assigned
    inner join records on records.record_key = assigned.record_key
    left join held on held.record_key = assigned.record_key
    left join keyed on keyed.customer_key = assigned.customer_key
    left join origins on origins.customer_key = assigned.customer_key
    left join reasons on reasons.record_key = assigned.record_key
    left join decided on decided.record_key = assigned.record_key
    where held.record_key is null or held.customer_key <> assigned.customer_key
),

closed as (
    select
        held.identity_id, held.record_key, held.platform, held.connection_id, held.account_id, held.source_object,
        held.source_record_id, held.customer_key, held.rule, held.match_weight, held.decided_by, held.key_minted_at,
        held.minted_from, held.valid_from, {{ run_at() }} as valid_to, false as is_current, held.run_id
    from held
    left join assigned on assigned.record_key = held.record_key
    where assigned.record_key is null or assigned.customer_key <> held.customer_key
)

select {{ identity_columns().keys() | join(', ') }} from opened
union all
select {{ identity_columns().keys() | join(', ') }} from closed
