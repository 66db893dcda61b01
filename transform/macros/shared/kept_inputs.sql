{# The version of each input of a model, by its node or name: of a kept table the version of its rows, of a view its text, of all
   others (raw tables, seeds, incremental models, tables of the control plane and of users) a number made of their rows. #}
{% macro input_versions(inputs, known) %}
    {%- set versions, texts, outside = {}, [compiled_code], outside_tables() -%}
    {%- set counted = counted_in_this_run() if outside or inputs | reject('in', known) | list -%}
    {%- for name in inputs -%}
        {%- set node = graph.nodes.get(name) or graph.sources[name] -%}
        {%- if node.config.materialized == 'table' -%}
            {%- do versions.update({name: (known[name].version if name in known else 0) | string}) -%}
        {%- else -%}
            {%- set relation = api.Relation.create(database=node.database, schema=raw_schema(node.schema) if name in graph.sources else node.schema, identifier=node.alias or node.identifier) -%}
            {%- do versions.update({name: counted[name] if name in counted else count_now(name, relation, node.config.materialized == 'view')}) -%}
            {%- if node.config.materialized == 'view' -%}{%- do texts.append(versions[name]) -%}{%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set text = texts | join(' ') | replace('"', '') -%}
    {%- for name in outside if name in text -%}
        {%- do versions.update({name: counted[name] if name in counted else count_now(name, none, false)}) -%}
    {%- endfor -%}
    {{ return(versions) }}
{% endmacro %}

{% macro counted_in_this_run() %}
    {%- call statement('counted', fetch_result=True) -%}
        select node, content from {{ table_contents() }} where run_id = '{{ invocation_id }}'
    {%- endcall -%}
    {%- set counted = {} -%}
    {%- for node, content in load_result('counted').data -%}{%- do counted.update({node: content}) -%}{%- endfor -%}
    {{ return(counted) }}
{% endmacro %}

{% macro count_now(name, relation, is_view) %}
    {%- set content = outside_content(name) if relation is none else view_text(relation) if is_view else table_content(relation) -%}
    {%- call statement('remember') -%}
        insert into {{ table_contents() }} values ('{{ name }}', '{{ invocation_id }}', '{{ content | replace("'", "''") }}')
    {%- endcall -%}
    {{ return(content) }}
{% endmacro %}

{# Tables that models read by name: people's decisions in the control plane, and what variables name. #}
{% macro outside_tables() %}
    {%- set found = [] -%}
    {%- for name in ['held_connections', 'identity_overrides', 'attribute_overrides'] if decided_table(name) -%}
        {%- do found.append(prefixed('decided') ~ '.' ~ name) -%}
    {%- endfor -%}
    {%- for name in ['identity_overrides_table', 'attribute_overrides_table', 'exchange_rates_table'] if var(name) -%}
        {%- do found.append(var(name) | replace('"', '')) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{% macro outside_content(name) %}
    {{ return(asked(
        "select cast(count(*) as text) || ':' || coalesce(cast(sum(cast(" ~ whole_row_hash('outside') ~ " as numeric(38, 0))) as text), '') from " ~ name ~ ' as outside'
    )) }}
{% endmacro %}

{# The rows of a table as one text: how many, and the sum of their hashes; `run_id` says nothing of them. #}
{% macro table_content(relation) %}
    {%- set columns = compared_columns(relation) -%}
    {%- if not columns -%}{{ return('none') }}{%- endif -%}
    {%- call statement('content', fetch_result=True) -%}
        select cast(count(*) as text) || ':' || coalesce(cast(sum(cast({{ row_hash(columns) }} as numeric(38, 0))) as text), '') from {{ relation }}
    {%- endcall -%}
    {{ return(load_result('content').data[0][0]) }}
{% endmacro %}

{% macro compared_columns(relation) %}
    {%- set columns = [] -%}
    {%- for column in adapter.get_columns_in_relation(relation) if column.name != 'run_id' -%}{%- do columns.append(adapter.quote(column.name)) -%}{%- endfor -%}
    {{ return(columns) }}
{% endmacro %}

{# A number of a row's columns, those of JSON too. #}
{% macro row_hash(columns) %}{{ return(adapter.dispatch('row_hash')(columns)) }}{% endmacro %}
{% macro default__row_hash(columns) %}{{ return(hashed(columns)) }}{% endmacro %}
{% macro postgres__row_hash(columns) %}{{ return('hashtextextended(cast(row(' ~ columns | join(', ') ~ ') as text), 0)') }}{% endmacro %}

{% macro view_text(relation) %}{{ return(adapter.dispatch('view_text')(relation)) }}{% endmacro %}
{% macro default__view_text(relation) %}
    {{ exceptions.raise_compiler_error('the text of a view (' ~ relation ~ ') is asked for on DuckDB and Postgres alone') }}
{% endmacro %}
{% macro duckdb__view_text(relation) %}
    {%- call statement('view', fetch_result=True) -%}
        select sql from duckdb_views() where schema_name = '{{ relation.schema }}' and view_name = '{{ relation.identifier }}'
    {%- endcall -%}
    {%- set found = load_result('view').data -%}
    {{ return((found[0][0] if found else 'none') | replace(invocation_id, '') | replace(adapter.quote(target.database) ~ '.', '') | replace(target.database ~ '.', '')) }}
{% endmacro %}
{% macro postgres__view_text(relation) %}
    {%- call statement('view', fetch_result=True) -%}
        select definition from pg_views where schemaname = '{{ relation.schema }}' and viewname = '{{ relation.identifier }}'
    {%- endcall -%}
    {%- set found = load_result('view').data -%}
    {{ return((found[0][0] if found else 'none') | replace(invocation_id, '')) }}
{% endmacro %}
