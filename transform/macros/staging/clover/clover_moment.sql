{# Clover writes moments in milliseconds since 1970. #}
{% macro clover_moment(column) %}{{ return(from_epoch(column ~ ' / 1000.0')) }}{% endmacro %}
