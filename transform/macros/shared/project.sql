{# Schemas are named exactly as configured: staging, unified, marts. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}

{# Postgres keeps levenshtein() in an extension that ships with it. #}
{% macro require_extensions() %}{{ return(adapter.dispatch('require_extensions')()) }}{% endmacro %}
{% macro default__require_extensions() %}{{ return('select 1') }}{% endmacro %}
{% macro postgres__require_extensions() %}
    {{ return('create extension if not exists fuzzystrmatch with schema public') }}
{% endmacro %}
