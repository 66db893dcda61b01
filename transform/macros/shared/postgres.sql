{# What Postgres wants otherwise than other engines in dbt's own work, so that models are one text for all of them. #}

{% macro postgres__create_table_as(temporary, relation, sql) %}
    {{ return(dbt.postgres__create_table_as(temporary, relation, kept_once(sql))) }}
{% endmacro %}

{# A statement after each model: statistics of a table that has none yet. Without them Postgres takes a join of hundreds of
   thousands of rows for one of a few, until it comes round to it by itself, which is after the run. #}
{% macro analyzed() %}{{ return(adapter.dispatch('analyzed')()) }}{% endmacro %}
{% macro default__analyzed() %}{{ return('') }}{% endmacro %}
{% macro postgres__analyzed() %}
    {%- set is_new = "select count(*) > 0 from pg_class where relkind = 'r' and reltuples <= 0 and oid = to_regclass('" ~ this ~ "')" -%}
    {{ return('analyze ' ~ this if execute and asked(is_new) else '') }}
{% endmacro %}
