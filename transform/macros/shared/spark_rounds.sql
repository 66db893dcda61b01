{# Rounds of a computation on Spark. It writes a common table expression out wherever it is named, so that rounds that name the
   one before more than once grow by its power: here each is a table in the schema `scratch`, which the next run of dbt empties.
   `start` holds the expressions that make `<input>_0`, `round` is the macro of those that make `<output>_<n + 1>` of
   `<input>_<n>`; it goes on until `<open>_<n>` is empty, and returns how many rounds were made. #}
{% macro spark_rounds(start, round, inputs, outputs, open, most) %}
    {%- set made = namespace(rounds=0) -%}
    {%- for name in inputs -%}{%- do spark_keep(name ~ '_0', start) -%}{%- endfor -%}
    {%- for number in range(most) -%}
        {%- if made.rounds == number and spark_holds_rows(open ~ '_' ~ number) -%}
            {%- set before = [] -%}
            {%- for name in inputs -%}{%- do before.append(spark_kept(name, number)) -%}{%- endfor -%}
            {%- for name in outputs -%}
                {%- do spark_keep(name ~ '_' ~ (number + 1), before | join(', ') ~ ', ' ~ round(number)) -%}
            {%- endfor -%}
            {%- set made.rounds = number + 1 -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(made.rounds) }}
{% endmacro %}

{# The common table expression of what a round left. #}
{% macro spark_kept(name, round) %}
    {{ return(name ~ '_' ~ round ~ ' as (select * from ' ~ spark_table(name ~ '_' ~ round) ~ ')') }}
{% endmacro %}

{% macro spark_keep(name, expressions) %}
    {%- do run_query('create table ' ~ spark_table(name) ~ ' as with ' ~ spark_spelling(expressions) ~ ' select * from ' ~ name) -%}
{% endmacro %}

{% macro spark_table(name) %}{{ return('scratch.' ~ this.identifier ~ '__' ~ name) }}{% endmacro %}

{% macro spark_holds_rows(name) %}{{ return(run_query('select 1 from ' ~ spark_table(name) ~ ' limit 1') | length > 0) }}{% endmacro %}
