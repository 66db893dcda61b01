-- Pairs of records that share an identifier, and what their names say about it. Conflicts never merge by themselves.
{% set changes = ref('int_identifier_changes') %}
{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget('id_type, value_norm', ref('int_identifier_changes')) }}",
) }}
with named as (
    select identifier.*, record.record_type, record.first_norm, record.first_as_written, record.last_norm, record.organisation_norm
    from {{ ref('int_customer_identifiers') }} as identifier
    inner join {{ ref('int_customer_records') }} as record on record.record_key = identifier.record_key
    where identifier.seen_on_records > 1
    {%- if is_incremental() %} and (id_type, value_norm) in (select id_type, value_norm from {{ changes }}){% endif %}
),

identifiers as (select * from named where not is_shared),

-- What too many share identifies nobody; of those who bear the same whole name a person may know more.
namesakes as (
    select *, count(*) over (partition by id_type, value_norm, first_norm, last_norm) as records
    from named
    where is_shared and first_norm is not null and last_norm is not null
),

paired as (
    select
        one.record_key as left_key,
        other.record_key as right_key,
        one.id_type,
        one.value_norm,
        one.record_type,
        one.organisation_norm is null or other.organisation_norm is null as name_missing,
        coalesce({{ names_agree('one.organisation_norm', 'other.organisation_norm') }}, false) as name_agrees,
        one.first_norm is null or other.first_norm is null as first_missing,
        coalesce(one.first_norm = other.first_norm or {{ names_agree('one.first_as_written', 'other.first_as_written') }}
            or (one.first_as_written = other.last_norm and one.last_norm = other.first_as_written), false) as first_agrees,
        one.last_norm is null or other.last_norm is null as last_missing,
        coalesce({{ names_agree('one.last_norm', 'other.last_norm') }}
            or (one.first_as_written = other.last_norm and one.last_norm = other.first_as_written), false) as last_agrees
    from identifiers as one
    inner join identifiers as other
        on other.id_type = one.id_type and other.value_norm = one.value_norm and other.record_key > one.record_key
        and other.record_type = one.record_type
),

-- A mailbox used under different first names: whoever writes from it without a name could be either.
contested as (
    select distinct id_type, value_norm from paired where not first_missing and not first_agrees
),

judged as (
    select
        paired.left_key,
        paired.right_key,
        paired.id_type,
        paired.value_norm,
        case
            when paired.id_type = 'phone' and (paired.first_agrees and paired.last_agrees or paired.name_agrees) then 'phone_and_name'
            when paired.id_type = 'phone' and paired.first_agrees then 'phone_and_first_name'
            when paired.id_type = 'phone' and paired.last_agrees then 'phone_and_last_name'
            else paired.id_type
        end as rule,
        case
            when paired.record_type = 'organisation' then
                case
                    when paired.id_type in ('reference', 'tax_id') or paired.name_agrees then 'auto'
                    when paired.id_type = 'phone' then 'reject'
                    when paired.name_missing then 'auto'
                    else 'names'
                end
            when paired.id_type = 'phone' then
                case
                    when paired.first_agrees and (paired.last_agrees or paired.last_missing) then 'auto'
                    when paired.first_agrees then 'last_name'
                    when paired.first_missing and paired.last_agrees then 'no_first_name'
                    else 'reject'
                end
            when paired.id_type = 'reference' then
                case
                    when not paired.first_missing and not paired.first_agrees
                        and not paired.last_missing and not paired.last_agrees then 'names'
                    else 'auto'
                end
            when paired.first_agrees then 'auto'
            when not paired.first_missing then 'first_name'
            when contested.value_norm is not null then 'no_first_name'
            else 'auto'
        end as outcome
    from paired
    left join contested on contested.id_type = paired.id_type and contested.value_norm = paired.value_norm
    union all
    select
        one.record_key, other.record_key, one.id_type, one.value_norm,
        case one.id_type when 'phone' then 'phone_and_name' else one.id_type end, 'shared_identifier'
    from namesakes as one
    inner join namesakes as other
        on other.id_type = one.id_type and other.value_norm = one.value_norm and other.record_key > one.record_key
        and other.first_norm = one.first_norm and other.last_norm = one.last_norm
    where one.records <= {{ var('shared_identifier_records') }}
)

select
    left_key, right_key, id_type, value_norm, rule,
    case when outcome in ('auto', 'reject') then outcome else 'review' end as verdict,
    case when outcome not in ('auto', 'reject') then outcome end as held_back
from judged
