-- The blocks of each record, as numbers: small rows, for there are many.
{% set reviewed = ref('int_identity_reviewed') %}
-- depends_on: {{ ref('int_block_changes') }}
{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget('record_no', ref('int_identity_reviewed'), hashed(['record_key'])) }}",
) }}
with features as (
    select * from {{ ref('int_customer_features') }}
    {% if is_incremental() %}where record_key in (select record_key from {{ reviewed }}){% endif %}
)

{{ blocks_of('features') }}
