{# Where integrations write down Magento's ids in other platforms' records. #}
{% macro reference_names__magento() %}
    {{ return({'customer': ['magento_customer_id'], 'order': ['magento_order_id', 'magento_increment_id']}) }}
{% endmacro %}
