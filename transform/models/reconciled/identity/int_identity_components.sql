-- Which records the links would bring together if nothing kept them apart; records without links are not in it.
{% set regrouped = ref('int_identity_regrouped') %}
{{ config(
    materialized='incremental', incremental_strategy='append', pre_hook="{{ forget('record_key', ref('int_identity_regrouped')) }}",
) }}
{% set edges %}
    select left_key, right_key from {{ ref('int_identity_links') }}
    where verdict = 'auto'{% if is_incremental() %} and left_key in (select record_key from {{ regrouped }}){% endif %}
{% endset %}

with {{ contraction(edges, var('contraction_rounds')) }}

select node as record_key, component as component_id from components
