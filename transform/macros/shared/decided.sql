{# What people decided in the control plane, which writes it before a build as a table of the schema `decided`, like the seed of
   the same name: a part of a union, or nothing where there is no such table. #}
{% macro decided(name, columns) %}
    {%- set table = decided_table(name) if execute -%}
    {%- if table %}union all
    select {{ columns | join(', ') }} from {{ table }}{% endif -%}
{% endmacro %}

{# On Spark there is none: the control plane's warehouses are DuckDB files. #}
{% macro decided_table(name) %}{{ return(adapter.dispatch('decided_table')(name)) }}{% endmacro %}
{% macro default__decided_table(name) %}{{ return(adapter.get_relation(target.database, 'decided', name)) }}{% endmacro %}
{% macro spark__decided_table(name) %}{{ return(none) }}{% endmacro %}
