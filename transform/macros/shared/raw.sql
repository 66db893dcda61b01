{# A raw table as its manifest declares it. A stream or field that was deselected, and so never landed, reads as
   empty or null; `also` names columns found only at run time (custom properties) with their manifest types. #}
{% macro raw(platform, stream, also={}) %}
    {%- set named = source(platform, stream) -%}
    {%- if not execute -%}{{ return(named) }}{%- endif -%}
    {%- set relation = named.incorporate(path={'schema': raw_schema(named.schema)}) -%}
    {%- set declared = declared_columns(platform, stream) -%}
    {%- do declared.update(also) -%}
    {%- set landed = landed_table(relation) -%}
    {%- if landed is none -%}
        {%- do log(platform ~ '.' ~ stream ~ ' is not in the warehouse: read as empty', info=flags.WHICH == 'build') -%}
        {{ return('(select ' ~ typed_nulls(declared, declared.keys() | list) ~ ' where false)') }}
    {%- endif -%}
    {%- set present = landed_columns(landed) | map('lower') | list -%}
    {%- set absent = [] -%}
    {%- for name in declared -%}{%- if name | lower not in present -%}{%- do absent.append(name) -%}{%- endif -%}{%- endfor -%}
    {%- if not absent -%}{{ return(landed) }}{%- endif -%}
    {{ return('(select *, ' ~ typed_nulls(declared, absent) ~ ' from ' ~ landed ~ ')') }}
{% endmacro %}

{# What to read a raw table from; none if it never landed. On Spark it may be a folder of Parquet files. #}
{% macro landed_table(relation) %}{{ return(adapter.dispatch('landed_table')(relation)) }}{% endmacro %}
{% macro default__landed_table(relation) %}{{ return(load_relation(relation)) }}{% endmacro %}
{% macro spark__landed_table(relation) %}
    {%- if relation.schema ~ '.' ~ relation.identifier in env_var('ENGARDE_PARQUET_TABLES', '').split(',') -%}
        {{ return('parquet.`' ~ env_var('ENGARDE_PARQUET') ~ '/' ~ relation.schema ~ '/' ~ relation.identifier ~ '`') }}
    {%- endif -%}
    {{ return(load_relation(relation)) }}
{% endmacro %}

{% macro landed_columns(table) %}{{ return(adapter.dispatch('landed_columns')(table)) }}{% endmacro %}
{% macro default__landed_columns(table) %}{{ return(adapter.get_columns_in_relation(table) | map(attribute='name')) }}{% endmacro %}
{% macro spark__landed_columns(table) %}{{ return(run_query('select * from ' ~ table ~ ' limit 0').column_names) }}{% endmacro %}

{# Column name -> manifest type of a stream, with the loader's own columns. #}
{% macro declared_columns(platform, stream) %}
    {%- set columns = {'_connection_id': 'string', '_sdc_extracted_at': 'datetime', '_sdc_deleted_at': 'datetime'} -%}
    {%- set listed = context['raw_columns__' ~ platform]().get(stream, '') -%}
    {%- for pair in listed.split() -%}{%- do columns.update({pair.split(':')[0]: pair.split(':')[1]}) -%}{%- endfor -%}
    {{ return(columns) }}
{% endmacro %}

{% macro typed_nulls(types, names) %}
    {%- set casts = [] -%}
    {%- for name in names -%}
        {%- do casts.append('cast(null as ' ~ raw_type(types[name]) ~ ') as ' ~ adapter.quote(name)) -%}
    {%- endfor -%}
    {{ return(casts | join(', ')) }}
{% endmacro %}

{# The warehouse type of a manifest type. #}
{% macro raw_type(kind) %}
    {{ return({
        'string': 'text', 'integer': 'bigint', 'epoch': 'bigint', 'epoch_ms': 'bigint', 'number': 'double precision',
        'decimal': 'numeric(38,9)', 'boolean': 'boolean', 'date': 'date', 'datetime': 'timestamp with time zone',
        'json': json_type(),
    }[kind]) }}
{% endmacro %}
