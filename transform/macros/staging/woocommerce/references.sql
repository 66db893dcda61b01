{# Where integrations write down WooCommerce's ids in other platforms' records. #}
{% macro reference_names__woocommerce() %}
    {{ return({'customer': ['woocommerce_customer_id'], 'order': ['woocommerce_order_id']}) }}
{% endmacro %}
