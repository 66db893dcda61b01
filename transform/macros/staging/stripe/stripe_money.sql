{# Stripe counts a few currencies in other units than ISO 4217 does: https://docs.stripe.com/currencies#special-cases #}
{% macro stripe_money(minor_units, currency='currency') %}
    {{ return('case when ' ~ currency ~ ".code in ('ISK', 'UGX') then cast(cast(" ~ minor_units
        ~ ' as numeric(28,0)) * cast(0.01 as numeric(4,3)) as numeric(38,9)) else ' ~ money(minor_units, currency) ~ ' end') }}
{% endmacro %}
