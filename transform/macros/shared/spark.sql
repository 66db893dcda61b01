{# What Spark does otherwise than other engines in dbt's own work, so that models are one text for all of them. #}

{# Types and quoted names, which models and contracts write as standard SQL does, as Spark writes them. #}
{% macro spark_spelling(sql) %}
    {%- set spelling = {
        'as text\\)': 'as string)', '^text$': 'string', 'double precision': 'double', 'timestamp with time zone': 'timestamp',
        '"(\\w+)"': '`\\1`',
    } -%}
    {%- set said = namespace(sql=sql) -%}
    {%- for standard, own in spelling.items() -%}{%- set said.sql = modules.re.sub(standard, own, said.sql) -%}{%- endfor -%}
    {{ return(said.sql) }}
{% endmacro %}

{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') %}
    {{ return(dbt.spark__create_table_as(temporary, relation, spark_spelling(kept_once(compiled_code)), language)) }}
{% endmacro %}

{% macro spark__create_view_as(relation, sql) %}{{ return(dbt.spark__create_view_as(relation, spark_spelling(sql))) }}{% endmacro %}

{% macro spark__get_empty_schema_sql(columns) %}{{ return(spark_spelling(dbt.default__get_empty_schema_sql(columns))) }}{% endmacro %}

{% macro spark__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) %}
    {{ return(dbt.default__get_test_sql(spark_spelling(main_sql), fail_calc, warn_if, error_if, limit)) }}
{% endmacro %}

{% macro spark__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) %}
    {{ return(spark_spelling(dbt.default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names))) }}
{% endmacro %}

{# Parquet knows no constraints; the data tests stand for them. #}
{% macro spark__persist_constraints(relation, model) %}{% endmacro %}

{% macro spark__create_csv_table(model, agate_table) %}
    {%- set types = model.config.column_types -%}
    {%- for column, type in types.items() -%}{%- do types.update({column: spark_spelling(type)}) -%}{%- endfor -%}
    {{ return(dbt.spark__create_csv_table(model, agate_table)) }}
{% endmacro %}

{# dbt-spark would write the word None for an empty cell. #}
{% macro spark__load_csv_rows(model, agate_table) %}
    {%- set types, quoted = model.config.column_types, [] -%}
    {%- for row in agate_table.rows -%}
        {%- set cells = [] -%}
        {%- for cell in row -%}
            {%- set text = 'null' if cell is none else "'" ~ (cell | string).replace('\\', '\\\\').replace("'", "\\'") ~ "'" -%}
            {%- do cells.append('cast(' ~ text ~ ' as ' ~ types.get(agate_table.column_names[loop.index0], 'string') ~ ')') -%}
        {%- endfor -%}
        {%- do quoted.append('(' ~ cells | join(', ') ~ ')') -%}
    {%- endfor -%}
    {%- for rows in quoted | batch(1000) -%}
        {%- do run_query('insert into ' ~ this ~ ' values ' ~ rows | join(', ')) -%}
    {%- endfor -%}
    {{ return('-- ' ~ quoted | length ~ ' rows') }}
{% endmacro %}

{# Plain Parquet cannot be changed in place: what other engines build on is built anew. #}
{% macro is_incremental() %}{{ return(target.type != 'spark' and dbt.is_incremental()) }}{% endmacro %}

{% materialization incremental, adapter='spark' %}
    {%- set relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {%- do adapter.drop_relation(relation) -%}
    {%- call statement('main') -%}{{ create_table_as(false, relation, compiled_code) }}{%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{# The present state alone, in the columns that a history has elsewhere. #}
{% materialization snapshot, adapter='spark' %}
    {%- set relation, names = this.incorporate(type='table'), config.get('snapshot_meta_column_names') -%}
    {%- set states -%}
        select
            *,
            md5({{ config.get('unique_key') }}) as {{ names.dbt_scd_id }},
            {{ run_at() }} as {{ names.dbt_updated_at }},
            {{ run_at() }} as {{ names.dbt_valid_from }},
            cast(null as timestamp) as {{ names.dbt_valid_to }}
        from ({{ compiled_code }}) as states
    {%- endset -%}
    {%- do adapter.drop_relation(relation) -%}
    {%- call statement('main') -%}{{ create_table_as(false, relation, states) }}{%- endcall -%}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{% macro spark__require_extensions() %}
    {%- if execute -%}{%- do run_query('drop schema if exists scratch cascade') -%}{%- endif -%}
    {{ return('create schema if not exists scratch') }}
{% endmacro %}
