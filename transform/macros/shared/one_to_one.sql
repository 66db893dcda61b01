{# The common table expressions that pair two sides one to one by weight: in each round the pairs that are best for both
   sides are taken, ties by key. `pairs` has left_key, right_key and weight; the result is a CTE of the given name. #}
{% macro one_to_one(name, pairs, rounds=6) %}{{ return(adapter.dispatch('one_to_one')(name, pairs, rounds)) }}{% endmacro %}
{% macro default__one_to_one(name, pairs, rounds) %}
    {%- for round in range(rounds) %}
    {%- set left_over = pairs if round == 0 else name ~ '_left_' ~ round %}
    {%- if round > 0 %}
    {{ left_over }} as {{ once() }} (
        select pair.* from {{ pairs if round == 1 else name ~ '_left_' ~ (round - 1) }} as pair
        left join {{ name }}_taken_{{ round - 1 }} as one on one.left_key = pair.left_key
        left join {{ name }}_taken_{{ round - 1 }} as other on other.right_key = pair.right_key
        where one.left_key is null and other.right_key is null
    ),
    {%- endif %}
    {{ name }}_taken_{{ round }} as {{ once() }} (
        select left_key, right_key, weight from (
            select
                left_key, right_key, weight,
                row_number() over (partition by left_key order by weight desc, right_key) as right_place,
                row_number() over (partition by right_key order by weight desc, left_key) as left_place
            from {{ left_over }}
        ) as ranked
        where right_place = 1 and left_place = 1
    ),
    {%- endfor %}
    {{ name }} as {{ once() }} (
        {%- for round in range(rounds) %}
        select left_key, right_key, weight from {{ name }}_taken_{{ round }}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{# Spark writes a common table expression out wherever it is named, so that each round names the one before it once: pairs
   that were taken stay in it, and those that lost a side to them are left out. #}
{% macro spark__one_to_one(name, pairs, rounds) %}
    {{ name }}_round_0 as (select left_key, right_key, weight, false as taken from {{ pairs }}),
    {%- for round in range(rounds) %}
    {{ name }}_round_{{ round + 1 }} as (
        select left_key, right_key, weight, taken from (
            select
                *,
                max(taken) over (partition by left_key) or max(taken) over (partition by right_key) as is_over
            from (
                select
                    left_key, right_key, weight,
                    row_number() over (partition by left_key order by taken desc, weight desc, right_key) = 1
                        and row_number() over (partition by right_key order by taken desc, weight desc, left_key) = 1 as taken
                from {{ name }}_round_{{ round }}
            ) as ranked
        ) as judged
        where taken or not is_over
    ),
    {%- endfor %}
    {{ name }} as {{ once() }} (select left_key, right_key, weight from {{ name }}_round_{{ rounds }} where taken)
{%- endmacro %}
