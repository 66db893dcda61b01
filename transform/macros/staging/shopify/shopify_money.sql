{# The amounts and currencies of a Shopify MoneyBag: https://shopify.dev/docs/api/admin-graphql/latest/objects/MoneyBag #}
{% macro shopify_money(bag) %}
    {{ return('cast(' ~ json_text(adapter.quote(bag), 'shopMoney', 'amount') ~ ' as numeric(38,9))') }}
{% endmacro %}
{% macro shopify_presentment_money(bag) %}
    {{ return('cast(' ~ json_text(adapter.quote(bag), 'presentmentMoney', 'amount') ~ ' as numeric(38,9))') }}
{% endmacro %}
{% macro shopify_currency(bag) %}{{ return(json_text(adapter.quote(bag), 'shopMoney', 'currencyCode')) }}{% endmacro %}
{% macro shopify_presentment_currency(bag) %}{{ return(json_text(adapter.quote(bag), 'presentmentMoney', 'currencyCode')) }}{% endmacro %}
{# The amount of a MoneyV2: https://shopify.dev/docs/api/admin-graphql/latest/objects/MoneyV2 #}
{% macro shopify_amount(money) %}
    {{ return('cast(' ~ json_text(adapter.quote(money), 'amount') ~ ' as numeric(38,9))') }}
{% endmacro %}
