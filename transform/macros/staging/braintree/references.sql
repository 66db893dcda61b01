{# Where integrations write down Braintree's ids in other platforms' records. #}
{% macro reference_names__braintree() %}{{ return({'customer': ['braintree_customer_id']}) }}{% endmacro %}
