{# An account has one currency, in which all its money is. #}
{% macro lightspeed_currency() %}
    select _connection_id, {{ json_text('"defaultCurrency"', 'code') }} as currency from {{ raw('lightspeed', 'account') }} as account
{% endmacro %}
