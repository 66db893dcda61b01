-- The living records that each side of a decision names: by record_key, by platform and id where only one record bears them, or by
-- customer_key, which stands for the records that the key held when the decision was made (so that a later run cannot turn it
-- round). A decision of the future is none yet.
with records as (
    select record_key, {{ reference('platform', 'source_record_id') }} as reference
    from {{ ref('int_customer_records') }} where deleted_at is null
),

made as (select * from ({{ given_overrides() }}) as decisions where decided_at is null or decided_at <= {{ run_at() }}),

given as (
    select left_id as name, decided_at from made
    union
    select right_id, decided_at from made
),

held as (
    select
        given.name, given.decided_at, history.record_key, history.minted_from,
        coalesce(history.valid_from <= given.decided_at and (history.valid_to is null or history.valid_to > given.decided_at), false)
            as held_then
    from given
    inner join {{ remembered('customer_identities', identity_columns(), 'unified') }} as history on history.customer_key = given.name
),

dated as (
    select *, max(case when held_then then 1 else 0 end) over (partition by name, decided_at) as is_dated from held
),

named as (
    select given.name, given.decided_at, records.record_key, 1 as place
    from given inner join records on records.record_key = given.name
    union
    select given.name, given.decided_at, min(records.record_key), 1
    from given inner join records on records.reference = given.name
    group by given.name, given.decided_at having count(*) = 1
    union
    select dated.name, dated.decided_at, dated.record_key, case when dated.record_key = dated.minted_from then 1 else 2 end
    from dated inner join records on records.record_key = dated.record_key
    where held_then or is_dated = 0
)

select name, decided_at, record_key, row_number() over (partition by name, decided_at order by min(place), record_key) as place
from named group by name, decided_at, record_key
