{# Every connected platform's rows of an entity; an empty table of the right shape if nobody has any. #}
{% macro union_members(entity) %}
    {%- set columns = entity_columns(entity) -%}
    {%- set selects = [] -%}
    {%- for member in members().get(entity, []) if connected(member.platform) -%}
        {%- do selects.append('select ' ~ columns.keys() | join(', ') ~ ' from ' ~ ref(member.model)) -%}
    {%- endfor -%}
    {%- if not selects -%}
        {%- set nulls = [] -%}
        {%- for name, type in columns.items() -%}{%- do nulls.append('cast(null as ' ~ type ~ ') as ' ~ name) -%}{%- endfor -%}
        {%- do selects.append('select ' ~ nulls | join(', ') ~ ' where false') -%}
    {%- endif -%}
    {{ return(selects | join('\nunion all\n')) }}
{% endmacro %}
