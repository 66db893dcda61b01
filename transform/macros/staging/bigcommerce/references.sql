{# Where integrations write down BigCommerce's ids in other platforms' records. #}
{% macro reference_names__bigcommerce() %}
    {{ return({'customer': ['bigcommerce_customer_id'], 'order': ['bigcommerce_order_id']}) }}
{% endmacro %}
