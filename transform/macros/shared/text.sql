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
{% macro spark__split_words(relation, column, separator) %}
    {{ return("(select *, explode(split(" ~ column ~ ", '[" ~ separator ~ "]')) as word from " ~ relation ~ ") as parts") }}
{% endmacro %}

{# Whether a regular expression is found in a text. #}
{% macro matches(text, pattern) %}{{ return(adapter.dispatch('matches')(text, pattern)) }}{% endmacro %}
{% macro default__matches(text, pattern) %}{{ return('regexp_matches(' ~ text ~ ', ' ~ pattern ~ ')') }}{% endmacro %}
{% macro postgres__matches(text, pattern) %}{{ return('(' ~ text ~ ') ~ (' ~ pattern ~ ')') }}{% endmacro %}
{% macro spark__matches(text, pattern) %}{{ return('(' ~ text ~ ') rlike (' ~ pattern ~ ')') }}{% endmacro %}

{# A text with every match of a regular expression replaced. #}
{% macro replace_all(text, pattern, by='') %}{{ return(adapter.dispatch('replace_all')(text, pattern, by)) }}{% endmacro %}
{% macro default__replace_all(text, pattern, by) %}
    {{ return("regexp_replace(" ~ text ~ ", '" ~ pattern ~ "', '" ~ by ~ "', 'g')") }}
{% endmacro %}
{% macro spark__replace_all(text, pattern, by) %}
    {{ return("regexp_replace(" ~ text ~ ", '" ~ pattern ~ "', '" ~ by ~ "')") }}
{% endmacro %}

{% macro starts_with(text, beginning) %}{{ return(adapter.dispatch('starts_with')(text, beginning)) }}{% endmacro %}
{% macro default__starts_with(text, beginning) %}{{ return('starts_with(' ~ text ~ ', ' ~ beginning ~ ')') }}{% endmacro %}
{% macro spark__starts_with(text, beginning) %}{{ return('startswith(' ~ text ~ ', ' ~ beginning ~ ')') }}{% endmacro %}

{# What the first group of a regular expression found, in the text that replaces the match. #}
{% macro first_group() %}{{ return(adapter.dispatch('first_group')()) }}{% endmacro %}
{% macro default__first_group() %}{{ return('\\1') }}{% endmacro %}
{% macro spark__first_group() %}{{ return('$1') }}{% endmacro %}
