{# An order's number or id as people write it elsewhere: letters and digits, without leading zeros. #}
{% macro order_name(text) %}
    {{ return("nullif(trim(leading '0' from upper(" ~ replace_all(text, '[^A-Za-z0-9]') ~ ")), '')") }}
{% endmacro %}
