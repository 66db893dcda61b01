{# What a transaction's charges come to on one side: those above zero, or those below. Their types are not listed anywhere. #}
{% macro amazon_seller_charges(breakdowns, side) %}
(
    select sum(cast({{ json_text('charge.item', 'breakdownAmount', 'currencyAmount') }} as numeric(38,9)))
    from (select 1) as one
    {{ json_items(breakdowns, 'charge') }}
    where cast({{ json_text('charge.item', 'breakdownAmount', 'currencyAmount') }} as numeric(38,9)) {{ side }} 0
)
{%- endmacro %}
