{# The moment of a booking: reports write local times, read as if they were UTC, and the zone's abbreviation in a column beside. #}
{% macro adyen_booked_at(local, zone) %}
    {%- set name -%}
    case {{ zone }}
        when 'CET' then 'Europe/Amsterdam' when 'CEST' then 'Europe/Amsterdam'
        when 'BST' then 'Europe/London'
        when 'EST' then 'America/New_York' when 'EDT' then 'America/New_York'
        when 'PST' then 'America/Los_Angeles' when 'PDT' then 'America/Los_Angeles'
        when 'BRT' then 'America/Sao_Paulo'
        when 'SGT' then 'Asia/Singapore'
        when 'AEST' then 'Australia/Sydney' when 'AEDT' then 'Australia/Sydney'
        else 'UTC' end
    {%- endset -%}
    {{ from_local(local, name) }}
{%- endmacro %}
