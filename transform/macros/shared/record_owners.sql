{# The customer of each record now, by the platform's own id of the record. #}
{% macro record_owners() %}
    select platform, connection_id, source_record_id, max(customer_key) as customer_key
    from {{ ref('customer_identities') }}
    where is_current group by platform, connection_id, source_record_id
{% endmacro %}
