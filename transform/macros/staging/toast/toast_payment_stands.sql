{# Whether a payment was neither voided nor refused; a payment that is no card's has no status of its own. #}
{% macro toast_payment_stands(from='') %}
    {%- set at = from ~ '.' if from else '' -%}
    ({{ json_text(at ~ '"voidInfo"', 'voidDate') }} is null
        and coalesce({{ at }}"paymentStatus", 'CAPTURED') not in
            ('ERROR', 'ERROR_NETWORK', 'DENIED', 'PROCESSING_VOID', 'CANCELLED', 'VOIDED', 'VOIDED_AT_RISK'))
{%- endmacro %}
