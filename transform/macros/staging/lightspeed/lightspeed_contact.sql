{# The first of a contact's `Emails`, `Phones` or `Addresses`: a list where it has several, an object where it has one. #}
{% macro lightspeed_contact(many, one, part) %}
    {{ return('coalesce(' ~ json_text('"Contact"', many, one, 0, part) ~ ', ' ~ json_text('"Contact"', many, one, part) ~ ')') }}
{% endmacro %}
