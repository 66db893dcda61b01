{# What people decided in the control plane, which writes it before a build as tables of the schema `decided`: those named like a seed
   are read beside it, as a part of a union, and `held_connections` says whose rows are left out. Nothing where there is no such table. #}
{% macro decided(name, columns) %}
    {%- set table = decided_table(name) if execute -%}
    {%- if table %}union all
    select {{ columns | join(', ') }} from {{ table }}{% endif -%}
{% endmacro %}

{# On Spark there is none: the control plane's warehouses are DuckDB files or lie in Postgres. #}
{% macro decided_table(name) %}{{ return(adapter.dispatch('decided_table')(name)) }}{% endmacro %}
{% macro default__decided_table(name) %}{{ return(adapter.get_relation(target.database, prefixed('decided'), name)) }}{% endmacro %}
{% macro spark__decided_table(name) %}{{ return(none) }}{% endmacro %}
