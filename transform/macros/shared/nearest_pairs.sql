{# The common table expressions that pair two sides one to one: in each round the pairs that are nearest for both sides
   are taken, ties by key. `pairs` has payment_key, order_key, distance; the result is a CTE of the given name. #}
{% macro nearest_pairs(name, pairs, rounds=4) %}
    {%- for round in range(rounds) %}
    {{ name }}_ranked_{{ round }} as (
        select
            payment_key, order_key,
            row_number() over (partition by payment_key order by distance, order_key) as order_place,
            row_number() over (partition by order_key order by distance, payment_key) as payment_place
        from {{ pairs }}
        where true
        {%- for before in range(round) %}
            and payment_key not in (select payment_key from {{ name }}_taken_{{ before }})
            and order_key not in (select order_key from {{ name }}_taken_{{ before }})
        {%- endfor %}
    ),
    {{ name }}_taken_{{ round }} as (
        select payment_key, order_key from {{ name }}_ranked_{{ round }} where order_place = 1 and payment_place = 1
    ),
    {%- endfor %}
    {{ name }} as (
        {%- for round in range(rounds) %}
        select payment_key, order_key from {{ name }}_taken_{{ round }}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
