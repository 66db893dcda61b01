{# What a person answered to one question of a lead form; the first of several answers. #}
{% macro meta_ads_answer(question) %}
(
    select max(case when {{ json_text('answer.item', 'name') }} = '{{ question }}' then {{ json_text('answer.item', 'values', 0) }} end)
    from (select 1) as one
    {{ json_items('lead.field_data', 'answer') }}
)
{%- endmacro %}
