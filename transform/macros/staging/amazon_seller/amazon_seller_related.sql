{# The identifier of one kind that a transaction is related to: its order, its group of events. #}
{% macro amazon_seller_related(identifiers, name) %}
(
    select max({{ json_text('related.item', 'relatedIdentifierValue') }})
    from (select 1) as one
    {{ json_items(identifiers, 'related') }}
    where {{ json_text('related.item', 'relatedIdentifierName') }} = '{{ name }}'
)
{%- endmacro %}
