{# A subquery with one row per part of a text column; the part is `word`, the other columns stay. #}
{% macro split_words(relation, column, separator) %}
    {{ return(adapter.dispatch('split_words')(relation, column, separator)) }}
{% endmacro %}
{% macro default__split_words(relation, column, separator) %}
    {{ return("(select *, unnest(string_split(" ~ column ~ ", '" ~ separator ~ "')) as word from " ~ relation ~ ") as parts") }}
{% endmacro %}
{% macro postgres__split_words(relation, column, separator) %}
    {{ return("(select *, unnest(string_to_array(" ~ column ~ ", '" ~ separator ~ "')) as word from " ~ relation ~ ") as parts") }}
{% endmacro %}
