{# HubSpot's Salesforce integration keeps the ids in these contact properties. #}
{% macro reference_names__salesforce() %}
    {{ return({'customer': ['salesforcecontactid', 'salesforceleadid']}) }}
{% endmacro %}
