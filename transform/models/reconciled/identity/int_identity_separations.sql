-- Pairs of records that links would bring together and that must stay apart, and why: a person said so, the account holds nobody
-- twice, or no link of their own joins them and their first names or birth dates cannot be one person's.
{% set regrouped = ref('int_identity_regrouped') %}
{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget('left_key', ref('int_identity_regrouped'), 'record_key') }}",
) }}
with members as {{ once() }} (
    select
        component.component_id, record.record_key, record.platform, record.connection_id, record.account_id, record.source_object,
        record.first_norm, record.first_as_written, record.last_norm, replace(cast(record.birth_date as text), '-', '') as birth
    from {{ ref('int_identity_components') }} as component
    inner join {{ ref('int_customer_records') }} as record on record.record_key = component.record_key
    {% if is_incremental() %}where component.record_key in (select record_key from {{ regrouped }}){% endif %}
),

-- Records that say the same of a person conflict with the same others, so that these are looked for once.
kinds as {{ once() }} (
    select component_id, first_norm, first_as_written, last_norm, birth, count(*) over (partition by component_id) as kinds
    from members
    where first_norm is not null or birth is not null
    group by component_id, first_norm, first_as_written, last_norm, birth
),

compared as (
    select
        one.component_id, one.first_as_written as one_first, other.first_as_written as other_first, one.last_norm as one_last,
        other.last_norm as other_last, one.birth as one_birth, other.birth as other_birth,
        case
            when {{ births_conflict('one.birth', 'other.birth') }}
                {%- if var('equality_overrules_conflict') %} and one.first_norm <> other.first_norm{% endif %} then 'birth_date'
            when levenshtein(one.birth, other.birth) <= 2 then null
            when {{ first_names_conflict('one', 'other') }} then 'first_name'
        end as reason
    from kinds as one
    inner join kinds as other on other.component_id = one.component_id
    where one.kinds > 1
),

conflicts as {{ once() }} (
    select component_id, one_first, other_first, one_last, other_last, one_birth, other_birth, min(reason) as reason
    from compared where reason is not null
    group by component_id, one_first, other_first, one_last, other_last, one_birth, other_birth
),

conflicting as {{ once() }} (
    select one.record_key as left_key, other.record_key as right_key, one.component_id, conflict.reason
    from conflicts as conflict
    inner join members as one
        on one.component_id = conflict.component_id and coalesce(one.first_as_written, '') = coalesce(conflict.one_first, '')
        and coalesce(one.last_norm, '') = coalesce(conflict.one_last, '') and coalesce(one.birth, '') = coalesce(conflict.one_birth, '')
    inner join members as other
        on other.component_id = conflict.component_id and coalesce(other.first_as_written, '') = coalesce(conflict.other_first, '')
        and coalesce(other.last_norm, '') = coalesce(conflict.other_last, '') and coalesce(other.birth, '') = coalesce(conflict.other_birth, '')
        and other.record_key > one.record_key
),

linked as (select distinct left_key, right_key from {{ ref('int_identity_links') }} where verdict = 'auto'),

found as (
    select decided.left_key, decided.right_key, one.component_id, 'steward' as reason
    from {{ ref('int_identity_overrides') }} as decided
    inner join members as one on one.record_key = decided.left_key
    inner join members as other on other.record_key = decided.right_key and other.component_id = one.component_id
    where decided.decision = 'cannot_link'
    union all
    select conflicting.left_key, conflicting.right_key, conflicting.component_id, conflicting.reason
    from conflicting
    left join linked on linked.left_key = conflicting.left_key and linked.right_key = conflicting.right_key
    where linked.left_key is null
    {% if var('deduplicated_platforms') %}
    union all
    select one.record_key, other.record_key, one.component_id, 'one_record_per_account'
    from members as one
    inner join members as other
        on other.component_id = one.component_id and other.platform = one.platform and other.connection_id = one.connection_id
        and other.account_id = one.account_id and other.source_object = one.source_object and other.record_key > one.record_key
    where one.platform in ('{{ var("deduplicated_platforms") | join("', '") }}')
    {% endif %}
)

select found.left_key, found.right_key, found.component_id, min(found.reason) as reason
from found
left join {{ ref('int_identity_overrides') }} as decided
    on decided.left_key = found.left_key and decided.right_key = found.right_key and decided.decision = 'must_link'
where decided.left_key is null
group by found.left_key, found.right_key, found.component_id
