-- The weight of each candidate pair (log2 of how much likelier its likeness is for one person than for two), and a verdict.
-- A first name or birth date that differs waits for review (unless the variable lets equality of the other overrule it), a last
-- name too unless something of the person's own is equal: neighbours share a street and a first name. So does what the rules keep for
-- review because of its names, and what comes near the threshold without a conflict. Pairs of
-- the rules are here in any case, without a verdict where the weight is nowhere near.
{% set touched = ref('int_identity_touched') %}
{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook=["{{ forget('left_key', ref('int_identity_touched'), 'record_key') }}", "{{ forget('right_key', ref('int_identity_touched'), 'record_key') }}"],
) }}
{% set compared = ['first_name', 'household', 'birth_date', 'email', 'phone'] %}

with weighed as (
    select
        pair.*,
        {% for name in compared %}
        coalesce({{ name }}_weight.weight, 0){{ ' + ' if not loop.last }}
        {%- endfor %} as weight
    from {{ ref('int_identity_comparisons') }} as pair
    {% for name in compared %}
    left join {{ ref('match_weights') }} as {{ name }}_weight
        on {{ name }}_weight.comparison = '{{ name }}' and {{ name }}_weight.level = pair.{{ name }}
    {% endfor %}
),

ruled as (
    select
        left_key, right_key,
        min(case when verdict = 'review' and id_type <> 'phone' and held_back <> 'shared_identifier' then held_back end) as held_back
    from {{ ref('int_identity_pairs') }}
    group by left_key, right_key
),

judged as (
    select
        weighed.*, weighed.weight - threshold.weight as above_threshold, ruled.left_key is not null as is_ruled,
        case
            when ruled.held_back is not null then ruled.held_back
            when household like 'differ/%' and not (email in ('same', 'close') or phone = 'same' or birth_date = 'same') then 'last_name'
            when first_name <> 'differ' and birth_date <> 'differ' then null
            {% if var('equality_overrules_conflict') %}
            when birth_date = 'same' or (first_name = 'same' and birth_date = 'differ') then null
            {% endif %}
            when first_name = 'differ' then 'first_name'
            else 'birth_date'
        end as held_back
    from weighed
    cross join {{ ref('int_match_threshold') }} as threshold
    left join ruled on ruled.left_key = weighed.left_key and ruled.right_key = weighed.right_key
),

decided as (
    select
        *,
        case
            when above_threshold >= 0 and held_back is null then 'auto'
            when above_threshold >= 0 or (held_back is null and above_threshold >= -{{ var('review_margin') }}) then 'review'
        end as verdict
    from judged
)

select
    left_key, right_key, first_name, household, birth_date, email, phone,
    cast(weight as double precision) as weight,
    verdict,
    case when verdict = 'review' then coalesce(held_back, 'near_threshold') end as held_back
from decided
where (verdict is not null or is_ruled)
    {%- if is_incremental() %}
    and (left_key in (select record_key from {{ touched }}) or right_key in (select record_key from {{ touched }}))
    {%- endif %}
