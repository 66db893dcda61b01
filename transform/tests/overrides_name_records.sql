-- Decisions that cannot be obeyed now: a side names no living record (or several: take the record_key of
-- unified.customer_identities), it is dated in the future, or it is neither must_link nor cannot_link.
{{ config(severity='warn') }}
select given.*
from ({{ given_overrides() }}) as given
left join {{ ref('int_override_records') }} as one
    on one.name = given.left_id and coalesce(one.decided_at = given.decided_at, given.decided_at is null) and one.place = 1
left join {{ ref('int_override_records') }} as other
    on other.name = given.right_id and coalesce(other.decided_at = given.decided_at, given.decided_at is null) and other.place = 1
where one.name is null or other.name is null or coalesce(given.decision, '') not in ('must_link', 'cannot_link')
