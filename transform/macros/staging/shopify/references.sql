{# Where integrations write down Shopify's ids in other platforms' records. #}
{% macro reference_names__shopify() %}
    {{ return({'customer': ['shopify_customer_id', 'shopify_id', 'shopifycustomerid'], 'order': ['shopify_order_id']}) }}
{% endmacro %}
