{# Schemas are named exactly as configured: staging, unified, marts. Where several businesses share a Postgres database, the
   schemas of each begin with its own prefix. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ prefixed((custom_schema_name or target.schema) | trim) }}
{%- endmacro %}

{% macro prefixed(schema) %}{{ return(env_var('ENGARDE_SCHEMA_PREFIX', '') ~ schema) }}{% endmacro %}

{# Raw tables may lie under another prefix than what is built of them. #}
{% macro raw_schema(schema) %}
    {{ return(env_var('ENGARDE_RAW_PREFIX', env_var('ENGARDE_SCHEMA_PREFIX', '')) ~ schema) }}
{% endmacro %}

{# Postgres keeps levenshtein() in an extension that ships with it. #}
{% macro require_extensions() %}{{ return(adapter.dispatch('require_extensions')()) }}{% endmacro %}
{% macro default__require_extensions() %}{{ return('select 1') }}{% endmacro %}
{% macro postgres__require_extensions() %}
    {{ return('create extension if not exists fuzzystrmatch with schema public') }}
{% endmacro %}
