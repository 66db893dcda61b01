{# A platform's record by its own id, as others name it: an order its customer, a payment its order. #}
{% macro named_record(id, from='') %}
    {%- set at = from ~ '.' if from else '' -%}
    {{ return(at ~ "platform || '|' || " ~ at ~ "connection_id || '|' || " ~ at ~ id) }}
{% endmacro %}

{# A currency on a day. #}
{% macro on_day(currency, day) %}{{ return(currency ~ " || '|' || cast(" ~ day ~ ' as text)') }}{% endmacro %}
