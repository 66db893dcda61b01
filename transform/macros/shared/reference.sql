{# How a record of a platform is referred to from elsewhere: `shopify:7001`, whether written as digits or as a global id. #}
{% macro reference(platform, id) %}{{ return(platform ~ " || ':' || regexp_replace(trim(" ~ id ~ "), '^.*/', '')") }}{% endmacro %}
