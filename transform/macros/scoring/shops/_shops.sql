{% macro raw_columns__shops() %}
    {{ return({'listings': 'id:string side:string title:string price:decimal'}) }}
{% endmacro %}

{% macro staging_models__shops() %}{{ return(['stg_shops__products']) }}{% endmacro %}
{% macro category__shops() %}{{ return('ecommerce') }}{% endmacro %}
