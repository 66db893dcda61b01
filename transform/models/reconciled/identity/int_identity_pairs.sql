-- Pairs of records that share an identifier, and what their names say about it. Conflicts never merge by themselves.
with identifiers as (
    select identifier.*, record.record_type, record.first_norm, record.first_as_written, record.last_norm
    from {{ ref('int_customer_identifiers') }} as identifier
    inner join {{ ref('int_customer_records') }} as record on record.record_key = identifier.record_key
    where not identifier.is_shared and identifier.seen_on_records > 1
),

paired as (
    select
        one.record_key as left_key,
        other.record_key as right_key,
        one.id_type,
        one.value_norm,
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
)

select
    paired.left_key,
    paired.right_key,
    paired.id_type,
    case
        when paired.id_type = 'phone' and paired.first_agrees and paired.last_agrees then 'phone_and_name'
        when paired.id_type = 'phone' and paired.first_agrees then 'phone_and_first_name'
        when paired.id_type = 'phone' and paired.last_agrees then 'phone_and_last_name'
        else paired.id_type
    end as rule,
    case
        when paired.id_type = 'phone' then
            case
                when paired.first_agrees and (paired.last_agrees or paired.last_missing) then 'auto'
                when paired.first_agrees or (paired.first_missing and paired.last_agrees) then 'review'
                else 'reject'
            end
        when paired.id_type = 'reference' then
            case
                when not paired.first_missing and not paired.first_agrees
                    and not paired.last_missing and not paired.last_agrees then 'review'
                else 'auto'
            end
        when paired.first_agrees then 'auto'
        when not paired.first_missing then 'review'
        when contested.value_norm is not null then 'review'
        else 'auto'
    end as verdict
from paired
left join contested on contested.id_type = paired.id_type and contested.value_norm = paired.value_norm
