-- Which records belong together, and the weight of the weakest link that it takes to hold them: those that links connect, and of
-- four or more, or where some must stay apart, what the strongest links connect.
{% set regrouped = ref('int_identity_regrouped') %}
{{ config(
    materialized='incremental', incremental_strategy='append', pre_hook="{{ forget('record_key', ref('int_identity_regrouped')) }}",
) }}
{% set components %}
    select record_key, component_id from {{ ref('int_identity_components') }}
    {% if is_incremental() %}where record_key in (select record_key from {{ regrouped }}){% endif %}
{% endset %}
{% set apart %}
    select left_key, right_key, component_id from {{ ref('int_identity_separations') }}
    {% if is_incremental() %}where left_key in (select record_key from {{ regrouped }}){% endif %}
{% endset %}
{% set links %}
    select left_key, right_key, rule, weight from {{ ref('int_identity_links') }}
    where verdict = 'auto'{% if is_incremental() %} and left_key in (select record_key from {{ regrouped }}){% endif %}
{% endset %}
{% set torn %}
    select component_id from ({{ apart }}) as separations
    union
    select component_id from ({{ components }}) as members group by component_id having count(*) > 3
{% endset %}
{% set placed %}
with torn as ({{ torn }}),

found as (
    select
        link.left_key, link.right_key,
        max(case when link.rule = 'steward' then 1 else 0 end) as is_decided,
        max(decided.decided_at) as decided_at,
        max(case when link.rule = 'reference' then 1 else 0 end) as is_reference,
        min(case when link.rule = 'model' then 1 else 0 end) as is_likeness,
        max(link.weight) as weight
    from ({{ links }}) as link
    inner join ({{ components }}) as component on component.record_key = link.left_key
    inner join torn on torn.component_id = component.component_id
    left join {{ ref('int_identity_overrides') }} as decided
        on decided.left_key = link.left_key and decided.right_key = link.right_key
    group by link.left_key, link.right_key
)

select left_key, right_key, is_likeness, weight, row_number() over (order by
    is_decided desc, decided_at desc nulls last, is_reference desc, weight desc nulls last, left_key, right_key
) as place
from found
{% endset %}

with {{ agglomeration(placed, '(' ~ apart ~ ')', var('separation_rounds')) }},

placed as ({{ placed }}),

whole as (
    select record_key, component_id from ({{ components }}) as members where component_id not in ({{ torn }})
),

-- Up to three records hold together by the strongest link of each.
strongest as (
    select whole.component_id, touching.record_key, max(touching.weight) as weight
    from (
        select left_key as record_key, weight from ({{ links }}) as link
        union all
        select right_key, weight from ({{ links }}) as link
    ) as touching
    inner join whole on whole.record_key = touching.record_key
    group by whole.component_id, touching.record_key
),

weakest as (
    select component_id as cluster_id, min(weight) as weight from strongest group by component_id
    union all
    select agglomerated.cluster, min(placed.weight)
    from taken
    inner join agglomerated on agglomerated.node = taken.node
    inner join placed on placed.place = taken.place
    group by agglomerated.cluster
),

clustered as (
    select record.record_key, coalesce(agglomerated.cluster, component.component_id, record.record_key) as cluster_id
    from {{ ref('int_customer_records') }} as record
    left join ({{ components }}) as component on component.record_key = record.record_key
    left join agglomerated on agglomerated.node = record.record_key
    {% if is_incremental() %}where record.record_key in (select record_key from {{ regrouped }}){% endif %}
)

select clustered.record_key, clustered.cluster_id, weakest.weight as min_link_weight
from clustered
left join weakest on weakest.cluster_id = clustered.cluster_id
