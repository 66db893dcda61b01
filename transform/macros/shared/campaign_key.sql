{# The key of a campaign; ids are unique within an advertising account only. #}
{% macro campaign_key(id) %}{{ return(key_of(['platform', 'connection_id', 'account_id', id])) }}{% endmacro %}

{# A campaign's name without what platforms and people write differently: case, blanks, dashes, underscores, dots. #}
{% macro initiative_name(name) %}
    {{ return("nullif(trim(both '_' from " ~ replace_all('lower(' ~ name ~ ')', '[ _./:|+-]+', '_') ~ "), '')") }}
{% endmacro %}
