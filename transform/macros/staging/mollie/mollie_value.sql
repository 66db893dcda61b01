{# The exact amount of a Mollie money object: https://docs.mollie.com/reference/common-data-types#amount-object #}
{% macro mollie_value(object) %}{{ return(amount(json_text(object, 'value'))) }}{% endmacro %}
