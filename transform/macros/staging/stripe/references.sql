{# Where integrations write down Stripe's ids in other platforms' records. #}
{% macro reference_names__stripe() %}
    {{ return({'customer': ['stripe_customer_id', 'stripe_id']}) }}
{% endmacro %}
