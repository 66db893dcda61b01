{# Etsy's money: an integer, what to divide it by, and the currency: https://developers.etsy.com/documentation/reference #}
{% macro etsy_money(column) %}
    {{ return('cast(cast(' ~ json_text(column, 'amount') ~ ' as numeric(28,9)) / cast(' ~ json_text(column, 'divisor') ~ ' as numeric(9,0)) as numeric(38,9))') }}
{% endmacro %}
