{# A name to compare by: lower case, without accents, titles and punctuation; null if nothing is left. #}
{% macro normalise_name(column) %}
    {%- set plain = strip_accents(untitled("lower(trim(" ~ column ~ "))")) -%}
    nullif(translate({{ plain }}, ' .,-_''"`()/%0123456789', ''), '')
{%- endmacro %}

{# A name without the title before it. #}
{% macro untitled(column) %}
    {{ return("regexp_replace(" ~ column ~ ", '^(mr|mrs|ms|miss|mx|dr|prof|herr|frau|sir|Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herr|Frau|Sir)[.]? +', '')") }}
{% endmacro %}

{% macro strip_accents(text) %}{{ return(adapter.dispatch('strip_accents')(text)) }}{% endmacro %}
{% macro default__strip_accents(text) %}{{ return('strip_accents(' ~ text ~ ')') }}{% endmacro %}
{% macro postgres__strip_accents(text) %}
    {{ return("normalize(regexp_replace(normalize(" ~ text ~ ", nfd), '[\\u0300-\\u036f]', '', 'g'), nfc)") }}
{% endmacro %}

{# The first and the last word of a full name, for platforms that keep only that. #}
{% macro first_word(column) %}{{ return("nullif(split_part(" ~ untitled('trim(' ~ column ~ ')') ~ ", ' ', 1), '')") }}{% endmacro %}
{% macro last_word(column) %}
    {%- set name = untitled('trim(' ~ column ~ ')') -%}
    {{ return("case when " ~ name ~ " like '% %' then regexp_replace(" ~ name ~ ", '^.* ', '') end") }}
{% endmacro %}

{# Whether two normalised names may be the same name: equal, an initial or short form, or a slip of the hand. #}
{% macro names_agree(one, other) %}
    ({{ one }} = {{ other }}
        or {{ one }} like {{ other }} || '%'
        or {{ other }} like {{ one }} || '%'
        or levenshtein(left({{ one }}, 60), left({{ other }}, 60))
            <= case when least(length({{ one }}), length({{ other }})) >= 8 then 2
                when least(length({{ one }}), length({{ other }})) >= 4 then 1 else 0 end)
{%- endmacro %}
