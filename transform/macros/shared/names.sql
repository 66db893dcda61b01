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

{# Spark has no normal forms of Unicode: small Latin letters by a table, and marks that stand by themselves. #}
{% macro spark__strip_accents(text) %}
    {%- set marked = 'àáâãäåçèéêëìíîïñòóôõöùúûüýÿāăąćĉċčďēĕėęěĝğġģĥĩīĭįĵķĺļľńņňōŏőŕŗřśŝşšţťũūŭůűųŵŷźżžơưǎǐǒǔǖǘǚǜǟǡǣǧǩǫǭǯǰǵǹǻǽǿȁȃȅȇȉȋȍȏȑȓȕȗșțȟȧȩȫȭȯȱȳḁḃḅḇḉḋḍḏḑḓḕḗḙḛḝḟḡḣḥḧḩḫḭḯḱḳḵḷḹḻḽḿṁṃṅṇṉṋṍṏṑṓṕṗṙṛṝṟṡṣṥṧṩṫṭṯṱṳṵṷṹṻṽṿẁẃẅẇẉẋẍẏẑẓẕẖẗẘẙẛạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ' -%}
    {%- set plain = 'aaaaaaceeeeiiiinooooouuuuyyaaaccccdeeeeegggghiiiijklllnnnooorrrssssttuuuuuuwyzzzouaiouuuuuaaægkooʒjgnaæøaaeeiioorruusthaeooooyabbbcdddddeeeeefghhhhhiikkkllllmmmnnnnoooopprrrrsssssttttuuuuuvvwwwwwxxyzzzhtwyſaaaaaaaaaaaaeeeeeeeeiioooooooooooouuuuuuuyyyy' -%}
    {{ return("translate(regexp_replace(" ~ text ~ ", '[\\u0300-\\u036f]', ''), '" ~ marked ~ "', '" ~ plain ~ "')") }}
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

{# Whether two normalised names differ by a slip of the hand: one letter, two in names of six letters or more. #}
{% macro is_slip(one, other) %}
    (levenshtein(left({{ one }}, 60), left({{ other }}, 60))
        <= case when least(length({{ one }}), length({{ other }})) >= 6 then 2
            when least(length({{ one }}), length({{ other }})) >= 3 then 1 else 0 end)
{%- endmacro %}

{# Whether two records' first names cannot be one person's: whole names that begin differently and have less than half in common. #}
{% macro first_names_conflict(one, other) %}
    (least(length({{ one }}.first_as_written), length({{ other }}.first_as_written)) >= 3
        and {{ one }}.first_norm <> {{ other }}.first_norm
        and left({{ one }}.first_norm, 1) <> left({{ other }}.first_norm, 1)
        and left({{ one }}.first_as_written, 1) <> left({{ other }}.first_as_written, 1)
        and levenshtein(left({{ one }}.first_as_written, 60), left({{ other }}.first_as_written, 60))
            > greatest(length({{ one }}.first_as_written), length({{ other }}.first_as_written)) * 0.5
        and not coalesce({{ one }}.first_as_written = {{ other }}.last_norm or {{ one }}.last_norm = {{ other }}.first_as_written, false))
{%- endmacro %}

{# Whether two birth dates (yyyymmdd) differ in more than slips of the hand make: neither year nor day is the same. #}
{% macro births_conflict(one, other) %}
    (levenshtein({{ one }}, {{ other }}) > 2 and left({{ one }}, 4) <> left({{ other }}, 4) and right({{ one }}, 4) <> right({{ other }}, 4))
{%- endmacro %}
