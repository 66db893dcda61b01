{# The key of a campaign; ids are unique within an advertising account only. #}
{% macro campaign_key(id) %}{{ return(key_of(['platform', 'connection_id', 'account_id', id])) }}{% endmacro %}
