{# Where integrations write down Square's ids in other platforms' records. #}
{% macro reference_names__square() %}{{ return({'customer': ['square_customer_id'], 'order': ['square_order_id']}) }}{% endmacro %}
