{# Stands before the parenthesis of a common table expression that is to be computed once. Spark writes the whole out wherever it is
   named, so that those that name one another grow by its power. Postgres writes the expressions of one that is named once out wherever
   their names stand, and knows nothing of the rows of one that is named twice: it expects a handful, and loops over hundreds of
   thousands. `kept_once` makes a table of it there, of which Postgres takes statistics. DuckDB does well by itself. #}
{% macro once() %}{{ return(adapter.dispatch('once')()) }}{% endmacro %}
{% macro default__once() %}{{ return('') }}{% endmacro %}
{% macro postgres__once() %}{{ return('materialized /* once */') }}{% endmacro %}
{% macro spark__once() %}{{ return('/* once */') }}{% endmacro %}

{# The query with a table in the place of each common table expression marked by `once`; makes these tables. A query in which the
   model's stands in parentheses, as dbt asks for columns, stays as it is. #}
{% macro kept_once(sql) %}
    {%- if not modules.re.match('(\\s|--[^\\n]*\\n)*with\\b', sql) -%}{{ return(sql) }}{%- endif -%}
    {%- set made = namespace(sql='', name=none, body='', depth=0) -%}
    {%- for part in modules.re.split("(--[^\n]*|'[^']*'|(?:materialized )?/\* once \*/|[()])", sql) if not part.startswith('--') -%}
        {%- if part.endswith('/* once */') -%}
            {%- set made.name = modules.re.search('(\\w+)\\s+as\\s*$', made.sql).group(1) -%}
        {%- elif made.name is none -%}
            {%- set made.sql = made.sql ~ part -%}
        {%- else -%}
            {%- set made.body = made.body ~ part -%}
            {%- set made.depth = made.depth + {'(': 1, ')': -1}.get(part, 0) -%}
            {%- if part == ')' and made.depth == 0 -%}
                {%- set before = modules.re.sub('(,|\\bwith)\\s*' ~ made.name ~ '\\s+as\\s*$', '', made.sql) -%}
                {%- set made.sql = made.sql ~ table_for_once(made.name, before ~ made.body.strip()[1:-1]) -%}
                {%- set made.name, made.body = none, '' -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(made.sql) }}
{% endmacro %}

{# Makes a table of a query, for the rest of the model; what stands in the place of the query. #}
{% macro table_for_once(name, query) %}{{ return(adapter.dispatch('table_for_once')(name, query)) }}{% endmacro %}
{% macro default__table_for_once(name, query) %}{{ return('(' ~ query ~ ')') }}{% endmacro %}
{% macro postgres__table_for_once(name, query) %}
    {%- do replace_temporary('once_' ~ name, query) -%}
    {{ return('not materialized (select * from once_' ~ name ~ ')') }}
{% endmacro %}
{% macro spark__table_for_once(name, query) %}
    {%- do run_query('create table ' ~ spark_table(name) ~ ' as ' ~ spark_spelling(query)) -%}
    {{ return('(select * from ' ~ spark_table(name) ~ ')') }}
{% endmacro %}
