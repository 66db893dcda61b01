-- What links records: the rules' pairs, each with the weight of the pair if it has one, the pairs that weight alone links, and
-- what people decided, which turns the verdict on all that the pair shares.
{% set touched = ref('int_identity_touched') %}
{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook=["{{ forget('left_key', ref('int_identity_touched'), 'record_key') }}", "{{ forget('right_key', ref('int_identity_touched'), 'record_key') }}"],
) }}
with found as (
    select
        pair.left_key, pair.right_key, pair.id_type, pair.rule, pair.verdict, pair.held_back, score.weight
    from {{ ref('int_identity_pairs') }} as pair
    left join {{ ref('int_identity_scores') }} as score
        on score.left_key = pair.left_key and score.right_key = pair.right_key
    union all
    select left_key, right_key, 'model', 'model', verdict, held_back, weight
    from {{ ref('int_identity_scores') }} where verdict is not null
    union all
    select left_key, right_key, 'organisation', 'model', verdict, held_back, weight
    from {{ ref('int_organisation_scores') }}
),

links as (
    select
        found.left_key, found.right_key, found.id_type, found.rule,
        case decided.decision when 'must_link' then 'auto' when 'cannot_link' then 'reject' else found.verdict end as verdict,
        case when decided.decision is null then found.held_back end as held_back,
        found.weight
    from found
    left join {{ ref('int_identity_overrides') }} as decided
        on decided.left_key = found.left_key and decided.right_key = found.right_key
    union all
    select
        left_key, right_key, 'steward', 'steward',
        case decision when 'must_link' then 'auto' else 'reject' end, cast(null as text), cast(null as double precision)
    from {{ ref('int_identity_overrides') }}
)

select * from links
{%- if is_incremental() %}
where left_key in (select record_key from {{ touched }}) or right_key in (select record_key from {{ touched }})
{%- endif %}
