{% macro any_true(flag) %}{{ return('bool_or(' ~ flag ~ ')') }}{% endmacro %}

{# The values of a group in one text, in order. #}
{% macro listed(column) %}{{ return(adapter.dispatch('listed')(column)) }}{% endmacro %}
{% macro default__listed(column) %}{{ return('string_agg(' ~ column ~ ", ', ' order by " ~ column ~ ')') }}{% endmacro %}
{% macro spark__listed(column) %}{{ return('listagg(' ~ column ~ ", ', ') within group (order by " ~ column ~ ')') }}{% endmacro %}
