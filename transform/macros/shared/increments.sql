{# Incremental models of identity replace the rows of whatever a run touched. A statement for their pre_hook that deletes the
   rows whose columns are among those (or others, `theirs`) of the relation; nothing on a full build. #}
{% macro forget(columns, gone, theirs=none) %}
    {%- if is_incremental() -%}
        delete from {{ this }} where ({{ columns }}) in (select {{ theirs or columns }} from {{ gone }})
    {%- endif -%}
{% endmacro %}

{# A table as the last run left it, for models on which it rests itself; an empty one with these columns before there is any. #}
{% macro remembered(model, columns, schema='staging') %}
    {%- set table = left_by_last_run(schema, model) if execute -%}
    {%- set present = adapter.get_columns_in_relation(table) | map(attribute='name') | list if table else [] -%}
    {%- if columns | reject('in', present) | list == [] -%}{{ return(table ~ ' /*remembered*/') }}{%- endif -%}
    {%- set nulls = [] -%}
    {%- for name, type in columns.items() -%}{%- do nulls.append('cast(null as ' ~ type ~ ') as ' ~ name) -%}{%- endfor -%}
    {{ return('(select ' ~ nulls | join(', ') ~ ' where false)') }}
{% endmacro %}

{# A table of the last run; none on Spark, where every run builds everything anew. #}
{% macro left_by_last_run(schema, table) %}{{ return(adapter.dispatch('left_by_last_run')(schema, table)) }}{% endmacro %}
{% macro default__left_by_last_run(schema, table) %}{{ return(adapter.get_relation(target.database, prefixed(schema), table)) }}{% endmacro %}
{% macro spark__left_by_last_run(schema, table) %}{{ return(none) }}{% endmacro %}

{# A number of 63 bits made of columns; another engine, or another version of one, makes another. #}
{% macro hashed(columns) %}{{ return(adapter.dispatch('hashed')(columns)) }}{% endmacro %}
{% macro default__hashed(columns) %}{{ return('xxhash64(' ~ columns | join(', ') ~ ')') }}{% endmacro %}
{% macro duckdb__hashed(columns) %}{{ return('cast(hash(' ~ columns | join(', ') ~ ') >> 1 as bigint)') }}{% endmacro %}
{% macro postgres__hashed(columns) %}
    {%- if columns | length == 1 -%}{{ return('hashtextextended(cast(' ~ columns[0] ~ ' as text), 0)') }}{%- endif -%}
    {{ return('hashtextextended(cast(row(' ~ columns | join(', ') ~ ') as text), 0)') }}
{% endmacro %}

{# Statements that empty the lists of changes, for the last model that goes by them; nothing if a run left others out. #}
{% macro settled() %}{{ return(adapter.dispatch('settled')()) }}{% endmacro %}
{% macro spark__settled() %}{{ return('') }}{% endmacro %}
{% macro default__settled() %}
    {%- set lists = [ref('int_customer_changes'), ref('int_identifier_changes'), ref('int_block_changes'), ref('int_identity_regrouped')] -%}
    {%- if 'model.engarde.int_customer_changes' in selected_resources and 'model.engarde.int_identity_scores' in selected_resources -%}
        {%- for list in lists %}delete from {{ list }};{% endfor -%}
    {%- endif -%}
{% endmacro %}
