{# Stands before the parenthesis of a common table expression that is to be computed once. Postgres would write the expressions of
   one that is named once out wherever their names stand, and cleaning a name takes several regular expressions. Spark writes the
   whole out wherever it is named, so that those that name one another grow by its power: `spark_kept_once` makes a table of it. #}
{% macro once() %}{{ return(adapter.dispatch('once')()) }}{% endmacro %}
{% macro default__once() %}{{ return('') }}{% endmacro %}
{% macro postgres__once() %}{{ return('materialized') }}{% endmacro %}
{% macro spark__once() %}{{ return('/* once */') }}{% endmacro %}

{# The query with a table in the schema `scratch` in the place of each common table expression marked by `once`; makes these tables. #}
{% macro spark_kept_once(sql) %}
    {%- set made = namespace(sql='', name=none, body='', depth=0) -%}
    {%- for part in modules.re.split("(--[^\n]*|'[^']*'|/\* once \*/|[()])", sql) if not part.startswith('--') -%}
        {%- if part == '/* once */' -%}
            {%- set made.name = modules.re.search('(\\w+)\\s+as\\s*$', made.sql).group(1) -%}
        {%- elif made.name is none -%}
            {%- set made.sql = made.sql ~ part -%}
        {%- else -%}
            {%- set made.body = made.body ~ part -%}
            {%- set made.depth = made.depth + {'(': 1, ')': -1}.get(part, 0) -%}
            {%- if part == ')' and made.depth == 0 -%}
                {%- set before = modules.re.sub('(,|\\bwith)\\s*' ~ made.name ~ '\\s+as\\s*$', '', made.sql) -%}
                {%- set body = made.body.strip()[1:-1] -%}
                {%- do run_query('create table ' ~ spark_table(made.name) ~ ' as ' ~ spark_spelling(before ~ body)) -%}
                {%- set made.sql = made.sql ~ '(select * from ' ~ spark_table(made.name) ~ ')' -%}
                {%- set made.name, made.body = none, '' -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(made.sql) }}
{% endmacro %}
