{# The sum of one kind of proceeds, such as ITEM or TAX, of an order or of one of its items; null where Amazon tells none. #}
{% macro amazon_seller_breakdown(proceeds, type) %}
(
    select sum(cast({{ json_text('part.item', 'subtotal', 'amount') }} as numeric(38,9)))
    from (select 1) as one
    {{ json_items(json_at(proceeds, 'breakdowns'), 'part') }}
    where {{ json_text('part.item', 'type') }} = '{{ type }}'
)
{%- endmacro %}
