{# How tables are built on DuckDB and Postgres: not at all where nothing that they are made of changed, in part where it is known
   which of their rows may have, else whole. docs/reconciliation.md, "What a run costs". Spark builds every table whole.

   `staging.table_builds` holds for each table the version of its rows, the text it was made by and the versions of its inputs;
   `staging.table_changes` which values of the columns that a model tells (its meta `tells`) were among the rows that changed, and in
   which version. Both are written in the transaction of the table, so that a run that broke off is made up for by the next. #}

{% materialization table, adapter='duckdb' %}{{ return(kept_table()) }}{% endmaterialization %}
{% materialization table, adapter='postgres' %}{{ return(kept_table()) }}{% endmaterialization %}

{% macro kept_table() %}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- set build = planned_build(existing) -%}
    {%- if build.how == 'part' -%}{%- do build_in_part(existing, build) -%}{%- endif -%}
    {%- if build.how == 'whole' -%}{%- do build_whole(existing, build) -%}{%- endif -%}
    {%- if build.how != 'whole' -%}{% call noop_statement('main', told_outcome(build)) %}{% endcall %}{%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmacro %}

{# What dbt prints of a table that was not built whole. #}
{% macro told_outcome(build) %}{{ return('UNCHANGED' if not build.rows else build.rows ~ ' ROWS') }}{% endmacro %}

{# What happens to the model's table: `how` is none, part or whole. #}
{% macro planned_build(existing) %}
    {%- set inputs = inputs_of(model.unique_id) -%}
    {%- set known = known_builds(inputs + [model.unique_id]) -%}
    {%- set versions = input_versions(inputs, known) -%}
    {%- set before = known.get(model.unique_id) -%}
    {%- set text, is_timely = lasting_text(compiled_code) -%}
    {%- set build = {'how': 'whole', 'text': local_md5(text), 'versions': versions, 'before': before, 'compares': false, 'rows': 0, 'changed': []} -%}
    {%- if existing is none or existing.type != 'table' or before is none or before.text != build.text or should_full_refresh() -%}
        {{ return(build) }}
    {%- endif -%}
    {%- do build.update({'compares': true}) -%}
    {%- set changed = build.changed -%}
    {%- for name, version in versions.items() if before.inputs.get(name) != version -%}{%- do changed.append(name) -%}{%- endfor -%}
    {%- if not changed and not is_timely -%}
        {%- do build.update({'how': 'none'}) -%}
    {%- elif not is_timely and (changed | reject('in', followed_inputs(known, before)) | list) == [] -%}
        {%- do build.update({'how': 'part'}) -%}
    {%- endif -%}
    {{ return(build) }}
{% endmacro %}

{# The nodes that a model is made of; those of its views too, which say themselves only how. #}
{% macro inputs_of(node, found=none) %}
    {%- set found = found if found is not none else [] -%}
    {%- for name in graph.nodes[node].depends_on.nodes if name not in found -%}
        {%- do found.append(name) -%}
        {%- if name in graph.nodes and graph.nodes[name].config.materialized == 'view' -%}{%- do inputs_of(name, found) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{% macro known_builds(nodes) %}
    {%- call statement('builds', fetch_result=True) -%}
        select node, cast(version as text), cast(since as text), made_by, inputs from {{ table_builds() }}
        where node in ('{{ nodes | join("', '") }}')
    {%- endcall -%}
    {%- set known = {} -%}
    {%- for node, version, since, text, inputs in load_result('builds').data -%}
        {%- do known.update({node: {'version': version | int, 'since': since | int, 'text': text, 'inputs': fromjson(inputs)}}) -%}
    {%- endfor -%}
    {{ return(known) }}
{% endmacro %}

{# The inputs whose changes the model follows row by row and of which all are known since it was built. Raw tables are followed by
   their rows themselves. #}
{% macro followed_inputs(known, before) %}
    {%- set followed = [] -%}
    {%- if '/*each*/' in compiled_code -%}
        {%- do followed.extend(model.depends_on.nodes | select('in', graph.sources) | list) -%}
    {%- endif -%}
    {%- for found in modules.re.finditer('@([a-z0-9_.]+)@', compiled_code) -%}
        {%- set name = found.group(1) -%}
        {%- if name in known and name in before.inputs and known[name].since <= before.inputs[name] | int(-1) -%}{%- do followed.append(name) -%}{%- endif -%}
    {%- endfor -%}
    {%- for name, stand_in in model.config.meta.get('covered', {}).items() if 'model.' ~ project_name ~ '.' ~ stand_in in followed -%}
        {%- do followed.append('model.' ~ project_name ~ '.' ~ name) -%}
    {%- endfor -%}
    {{ return(followed) }}
{% endmacro %}

{# The compiled text without what differs from run to run or from a warehouse to its copy, with the model's settings and types;
   and whether it rests on the time of the run, or on what the last one left, of which no version is known. #}
{% macro lasting_text(text) %}
    {%- set now = run_started_at.strftime('%Y-%m-%d %H:%M:%S.%f') -%}
    {%- set types = [model.config.meta] -%}
    {%- for column in model.columns.values() -%}{%- do types.append([column.name, column.data_type or '']) -%}{%- endfor -%}
    {%- set lasting = text | replace(invocation_id, '') | replace(now, '') | replace(adapter.quote(target.database) ~ '.', '') -%}
    {{ return((lasting ~ tojson(types), now in text or run_started_at | string in text or '/*remembered*/' in text)) }}
{% endmacro %}

{# With the database, which on DuckDB may be named like a schema; Postgres takes none where a schema is made. #}
{% macro kept_schema() %}{{ return(adapter.quote(target.database) ~ '.' ~ adapter.quote(prefixed('staging'))) }}{% endmacro %}
{% macro table_builds() %}{{ return(kept_schema() ~ '.table_builds') }}{% endmacro %}
{% macro table_changes() %}{{ return(kept_schema() ~ '.table_changes') }}{% endmacro %}
{% macro table_contents() %}{{ return(kept_schema() ~ '.table_contents') }}{% endmacro %}

{# Statements for the start of a run. `table_contents` remembers within a run what was counted of tables without a version. #}
{% macro prepare_table_builds() %}{{ return(adapter.dispatch('prepare_table_builds')()) }}{% endmacro %}
{% macro spark__prepare_table_builds() %}{{ return('select 1') }}{% endmacro %}
{% macro default__prepare_table_builds() %}
    create schema if not exists {{ kept_schema() if target.type == 'duckdb' else adapter.quote(prefixed('staging')) }};
    create table if not exists {{ table_builds() }} (node text, version bigint, since bigint, made_by text, inputs text);
    create table if not exists {{ table_changes() }} (node text, version bigint, told text, value text);
    create table if not exists {{ table_contents() }} (node text, run_id text, content text);
    delete from {{ table_contents() }};
{% endmacro %}
