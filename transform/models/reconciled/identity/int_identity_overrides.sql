-- Decisions as pairs of living records: a customer is linked by one of its records and kept apart by each. Of several decisions
-- on a pair the newest counts.
with pairs as (
    select
        case when one.record_key < other.record_key then one.record_key else other.record_key end as left_key,
        case when one.record_key < other.record_key then other.record_key else one.record_key end as right_key,
        given.decision, given.decided_by, given.decided_at, given.note
    from ({{ given_overrides() }}) as given
    inner join {{ ref('int_override_records') }} as one
        on one.name = given.left_id and coalesce(one.decided_at = given.decided_at, given.decided_at is null)
    inner join {{ ref('int_override_records') }} as other
        on other.name = given.right_id and coalesce(other.decided_at = given.decided_at, given.decided_at is null)
    where one.record_key <> other.record_key
        and (given.decision = 'cannot_link' or (given.decision = 'must_link' and one.place = 1 and other.place = 1))
),

ranked as (
    select *, row_number() over (partition by left_key, right_key order by decided_at desc nulls last, decision, decided_by, note) as place
    from pairs
)

select left_key, right_key, decision, decided_by, decided_at, note from ranked where place = 1
