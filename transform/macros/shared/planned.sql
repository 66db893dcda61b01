{# A statement before each model, for its transaction only. Postgres takes the many common table expressions of a model for larger
   than they are and would compile each into machine code first, which takes seconds, whatever the rows. #}
{% macro planned() %}{{ return(adapter.dispatch('planned')()) }}{% endmacro %}
{% macro default__planned() %}{{ return('') }}{% endmacro %}
{% macro postgres__planned() %}{{ return('set local jit = off') }}{% endmacro %}
