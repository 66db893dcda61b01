{# The value of a query parameter in a URL, with + and %20 read as blanks; null if it is not there. #}
{% macro url_parameter(url, name) %}
    {%- set value = "split_part(split_part(split_part(" ~ url ~ ", '?', 2), '" ~ name ~ "=', 2), '&', 1)" -%}
    {{ return("case when '&' || split_part(" ~ url ~ ", '?', 2) like '%&" ~ name ~ "=%' then nullif(replace(replace(" ~ value
        ~ ", '+', ' '), '%20', ' '), '') end") }}
{% endmacro %}
