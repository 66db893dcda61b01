{# The rows of an entity that all connected platforms have, without those of connections that people hold back. #}
{% macro union_members(entity) %}
    {%- set columns = entity_columns(entity) -%}
    {%- set held = decided_table('held_connections') if execute -%}
    {%- set included = " where platform || '.' || coalesce(connection_id, '') not in (select platform || '.' || connection_id from " ~ held ~ ')' if held else '' -%}
    {%- set selects = [] -%}
    {%- for model in staging_models() if model.split('__')[1] == entity -%}
        {%- do selects.append('select ' ~ columns.keys() | join(', ') ~ ' from ' ~ ref(model) ~ included) -%}
    {%- endfor -%}
    {%- if not selects -%}
        {%- set nulls = [] -%}
        {%- for name, type in columns.items() -%}{%- do nulls.append('cast(null as ' ~ type ~ ') as ' ~ name) -%}{%- endfor -%}
        {%- do selects.append('select ' ~ nulls | join(', ') ~ ' where false') -%}
    {%- endif -%}
    {{ return(selects | join('\nunion all\n')) }}
{% endmacro %}
