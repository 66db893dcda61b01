{# Columns and types of unified.customer_identities, which reads itself. #}
{% macro identity_columns() %}
    {{ return({
        'identity_id': 'text', 'record_key': 'text', 'platform': 'text', 'connection_id': 'text', 'account_id': 'text',
        'source_object': 'text', 'source_record_id': 'text', 'customer_key': 'text', 'rule': 'text',
        'match_weight': 'double precision', 'decided_by': 'text', 'key_minted_at': 'timestamp with time zone',
        'minted_from': 'text', 'valid_from': 'timestamp with time zone', 'valid_to': 'timestamp with time zone',
        'is_current': 'boolean', 'run_id': 'text',
    }) }}
{% endmacro %}
