-- Records whose customer may change in this run: all members of the components, as they were and as links now have it, of records
-- that were compared anew, since customer_identities was last built, which empties this list again. On a full build, every record.
-- depends_on: {{ ref('int_customer_records') }}, {{ ref('int_identity_links') }}
{{ config(materialized='incremental', incremental_strategy='append') }}
{% set before = remembered('int_identity_components', {'record_key': 'text', 'component_id': 'text'}) %}
with
{%- if flags.FULL_REFRESH %}
ends as (
    select record_key from {{ ref('int_customer_records') }}
    union
    select record_key from {{ ref('int_identity_touched') }}
),
{%- else %}
touched as (select record_key from {{ ref('int_identity_touched') }}),

ends as (
    select record_key from touched
    union
    select right_key from {{ ref('int_identity_links') }} where verdict = 'auto' and left_key in (select record_key from touched)
    union
    select left_key from {{ ref('int_identity_links') }} where verdict = 'auto' and right_key in (select record_key from touched)
),
{%- endif %}

components as (
    select distinct component_id from {{ before }} as component where record_key in (select record_key from ends)
)

select record_key from ends
union
select record_key from {{ before }} as component where component_id in (select component_id from components)
