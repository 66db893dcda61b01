{# The id made for what a settlement batch pays out, which has none of its own. #}
{% macro adyen_payout_id() %}{{ return("merchant_account || ':' || batch || ':' || net_currency") }}{% endmacro %}
