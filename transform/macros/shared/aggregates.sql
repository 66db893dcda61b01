{% macro any_true(flag) %}{{ return('bool_or(' ~ flag ~ ')') }}{% endmacro %}

{# The values of a group in one text, in order. #}
{% macro listed(column) %}{{ return('string_agg(' ~ column ~ ", ', ' order by " ~ column ~ ')') }}{% endmacro %}
