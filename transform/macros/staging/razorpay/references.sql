{# Where integrations write down Razorpay's ids in other platforms' records. #}
{% macro reference_names__razorpay() %}{{ return({'customer': ['razorpay_customer_id']}) }}{% endmacro %}
