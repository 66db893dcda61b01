{% macro json_type() %}{{ return(adapter.dispatch('json_type')()) }}{% endmacro %}
{% macro default__json_type() %}{{ return('json') }}{% endmacro %}
{% macro postgres__json_type() %}{{ return('jsonb') }}{% endmacro %}
{% macro spark__json_type() %}{{ return('string') }}{% endmacro %}

{# The text at a path of keys (or list positions) in a JSON column; null if there is none. #}
{% macro json_text(column) %}{{ return(adapter.dispatch('json_text')(column, varargs)) }}{% endmacro %}
{% macro default__json_text(column, path) %}
    {%- set steps = [] -%}
    {%- for step in path -%}{%- do steps.append('[' ~ step ~ ']' if step is number else '."' ~ step ~ '"') -%}{%- endfor -%}
    {{ return("(" ~ column ~ " ->> '$" ~ steps | join('') ~ "')") }}
{% endmacro %}
{% macro postgres__json_text(column, path) %}{{ return("(" ~ column ~ " #>> '{" ~ path | join(',') ~ "}')") }}{% endmacro %}
{% macro spark__json_text(column, path) %}
    {%- set steps = [] -%}
    {%- for step in path -%}{%- do steps.append('[' ~ step ~ ']' if step is number else "['" ~ step ~ "']") -%}{%- endfor -%}
    {{ return('get_json_object(' ~ column ~ ', "$' ~ steps | join('') ~ '")' if steps else column) }}
{% endmacro %}

{# A lateral join that gives each item of a JSON list as `<name>.item`; nothing for what is no list. #}
{% macro json_items(column, name) %}{{ return(adapter.dispatch('json_items')(column, name)) }}{% endmacro %}
{% macro default__json_items(column, name) %}
    {{ return("cross join lateral (select unnest(coalesce(try_cast(" ~ column ~ " as json[]), cast([] as json[]))) as item) as " ~ name) }}
{% endmacro %}
{% macro postgres__json_items(column, name) %}
    {{ return("cross join lateral jsonb_array_elements(case jsonb_typeof(" ~ column ~ ") when 'array' then " ~ column
        ~ " else '[]' end) as " ~ name ~ "(item)") }}
{% endmacro %}
{% macro spark__json_items(column, name) %}
    {{ return("cross join lateral explode(from_json(" ~ column ~ ", 'array<string>')) as " ~ name ~ "(item)") }}
{% endmacro %}

{# The value at a path, still JSON. #}
{% macro json_at(column) %}{{ return(adapter.dispatch('json_at')(column, varargs)) }}{% endmacro %}
{% macro default__json_at(column, path) %}{{ return("(" ~ column ~ " -> '$.\"" ~ path | join('"."') ~ "\"')") }}{% endmacro %}
{% macro postgres__json_at(column, path) %}{{ return("(" ~ column ~ " #> '{" ~ path | join(',') ~ "}')") }}{% endmacro %}
{% macro spark__json_at(column, path) %}{{ return(spark__json_text(column, path)) }}{% endmacro %}

{# Words of a text that may be ids: runs of letters, digits, _ and - of eight characters or more; one row each as `<name>.item`. #}
{% macro id_words(text, name) %}{{ return(adapter.dispatch('id_words')(text, name)) }}{% endmacro %}
{% macro default__id_words(text, name) %}
    {{ return("cross join lateral (select unnest(list_distinct(regexp_extract_all(" ~ text ~ ", '[A-Za-z0-9_-]{8,}'))) as item) as " ~ name) }}
{% endmacro %}
{% macro postgres__id_words(text, name) %}
    {{ return("cross join lateral (select distinct found[1] as item from regexp_matches(" ~ text ~ ", '[A-Za-z0-9_-]{8,}', 'g') as found) as " ~ name) }}
{% endmacro %}
{% macro spark__id_words(text, name) %}
    {{ return("cross join lateral explode(array_distinct(regexp_extract_all(" ~ text ~ ", '[A-Za-z0-9_-]{8,}', 0))) as " ~ name ~ "(item)") }}
{% endmacro %}
