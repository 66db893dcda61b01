{# A statement after each model of unified and marts: on Postgres, an index over the column that the model's tests call unique, by which lists of its rows go on while it is built anew (docs/rows.md). A table that breaks its key has none; the tests say so.
   Its name begins as that of the index which target-postgres loads by. #}
{% macro keyed() %}{{ return(adapter.dispatch('keyed')()) }}{% endmacro %}
{% macro default__keyed() %}{{ return('') }}{% endmacro %}
{% macro postgres__keyed() %}
    {%- set key = tested_key() if execute and model.config.schema in ['unified', 'marts'] else none -%}
    {%- if key is none or model.config.materialized == 'view' -%}{{ return('') }}{%- endif -%}
    {%- set has_none = "select not exists (select 1 from pg_index join pg_class on pg_class.oid = indexrelid where indrelid = to_regclass('" ~ this ~ "') and starts_with(relname, '_engarde_key_'))" -%}
    {%- if not asked(has_none) -%}{{ return('') }}{%- endif -%}
    {%- set statement -%}
        do $keyed$ begin
            alter table {{ this }} alter column {{ adapter.quote(key) }} set not null;
            execute 'create unique index _engarde_key_' || to_regclass('{{ this }}')::oid || ' on {{ this }} ({{ adapter.quote(key) }})';
        exception when unique_violation or not_null_violation then null;
        end $keyed$
    {%- endset -%}
    {{ return(statement) }}
{% endmacro %}

{# The first column of the model that has the test `unique`, or none. #}
{% macro tested_key() %}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'test' and node.attached_node == model.unique_id and node.column_name -%}
        {%- if node.test_metadata and node.test_metadata.name == 'unique' -%}{%- do found.append(node.column_name) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(found | sort | first if found else none) }}
{% endmacro %}
