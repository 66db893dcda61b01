{# Where integrations write down PayPal's ids in other platforms' records. #}
{% macro reference_names__paypal() %}{{ return({'customer': ['paypal_payer_id']}) }}{% endmacro %}
