{# Records are compared with those that share one of these keys of int_customer_features, if they are no more than the number. #}
{% macro identity_blocks() %}
    {%- set wide, narrow = 40, 12 -%}
    {{ return({
        "email_norm": wide, "phone_e164": wide,
        "birth || left(first_norm, 2)": wide, "birth || left(last_norm, 2)": wide, "birth || postcode": wide,
        "first_norm || '|' || last_norm || left(postcode, 3)": wide, "first_norm || '|' || last_norm || left(city, 4)": wide,
        "last_norm || postcode || left(first_norm, 1)": wide, "first_norm || postcode": wide, "first_norm || city": wide,
        "first_norm || left(last_norm, 2) || left(birth, 4)": wide, "right(birth, 4) || first_norm": wide,
        "street || left(first_norm, 1)": wide, "street || coalesce(postcode, city)": wide,
        "birth": narrow, "first_norm || '|' || last_norm": narrow, "last_norm || postcode": narrow,
        "last_norm || city": narrow, "street": narrow, "left(birth, 6) || left(last_norm, 3)": narrow,
        "left(birth, 6) || left(first_norm, 3)": narrow, "left(city, 5) || right(birth, 4)": narrow, "postcode || city": narrow,
    }) }}
{% endmacro %}

{# The rows of int_identity_blocks that rows of int_customer_features make. #}
{% macro blocks_of(features) %}
    {%- for key, most in identity_blocks().items() %}
    select record_no, {{ hashed([loop.index, key]) }} as block_key, cast({{ most }} as smallint) as most
    from {{ features }} where {{ key }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
