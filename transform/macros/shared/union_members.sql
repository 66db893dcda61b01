{# Every connected platform's rows of an entity; an empty table of the right shape if nobody has any. #}
{% macro union_members(entity) %}
    {%- set columns = entity_columns(entity) -%}
    {%- set selects = [] -%}
    {%- for model in staging_models() if model.split('__')[1] == entity -%}
        {%- do selects.append('select ' ~ columns.keys() | join(', ') ~ ' from ' ~ ref(model)) -%}
    {%- endfor -%}
    {%- if not selects -%}
        {%- set nulls = [] -%}
        {%- for name, type in columns.items() -%}{%- do nulls.append('cast(null as ' ~ type ~ ') as ' ~ name) -%}{%- endfor -%}
        {%- do selects.append('select ' ~ nulls | join(', ') ~ ' where false') -%}
    {%- endif -%}
    {{ return(selects | join('\nunion all\n')) }}
{% endmacro %}
