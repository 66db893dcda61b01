{# Makes Postgres compute the expressions of a common table expression once for each row. It would otherwise write out the
   expressions wherever their names stand, and cleaning one name takes several regular expressions. #}
{% macro once() %}{{ return(adapter.dispatch('once')()) }}{% endmacro %}
{% macro default__once() %}{{ return('') }}{% endmacro %}
{% macro postgres__once() %}{{ return('materialized') }}{% endmacro %}
