-- The identifiers of every living record, and how many share them.
{% set changes = ref('int_identifier_changes') %}
{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget('id_type, value_norm', ref('int_identifier_changes')) }}",
) }}
with held as (
    select * from {{ ref('int_record_identifiers') }}
    {% if is_incremental() %}where (id_type, value_norm) in (select id_type, value_norm from {{ changes }}){% endif %}
),

counted as (
    select
        held.id_type,
        held.value_norm,
        count(distinct held.record_key) as records,
        count(distinct coalesce(record.first_norm, '') || ' ' || coalesce(record.last_norm, record.organisation_norm, '')) as names
    from held
    inner join {{ ref('int_customer_records') }} as record on record.record_key = held.record_key
    group by held.id_type, held.value_norm
)

select
    held.record_key,
    held.id_type,
    held.value_norm,
    counted.records as seen_on_records,
    counted.names as distinct_names,
    counted.names > {{ var('shared_identifier_names') }}
        or counted.records > {{ var('shared_identifier_records') }} as is_shared
from held
inner join counted on counted.id_type = held.id_type and counted.value_norm = held.value_norm
