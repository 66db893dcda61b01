{# Where integrations write down HubSpot's ids in other platforms' records. #}
{% macro reference_names__hubspot() %}
    {{ return({'customer': ['hubspot_contact_id', 'hubspot_id', 'hubspot_vid']}) }}
{% endmacro %}
