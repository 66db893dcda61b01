{# Where integrations write down Mollie's ids in other platforms' records. #}
{% macro reference_names__mollie() %}{{ return({'customer': ['mollie_customer_id'], 'order': ['mollie_order_id']}) }}{% endmacro %}
