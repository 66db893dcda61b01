-- Identifiers that changed records have or had; none on a full build, where every record is looked at anyway.
{{ config(materialized='incremental', incremental_strategy='append') }}
{% set before = remembered('int_customer_identifiers', {'record_key': 'text', 'id_type': 'text', 'value_norm': 'text'}) %}
select id_type, value_norm from {{ ref('int_record_identifiers') }}
where record_key in (select record_key from {{ ref('int_customer_changes') }})
{%- if not is_incremental() %} and false{% endif %}
union
select id_type, value_norm from {{ before }} as held
where record_key in (select record_key from {{ ref('int_customer_changes') }})
{%- if not is_incremental() %} and false{% endif %}
