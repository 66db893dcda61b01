{# What was disbursed or taken back, one row per transaction and refund; Braintree pays out per merchant account, currency and day. #}
{% macro braintree_disbursed() %}
    {% for stream, sign in {'transactions': '', 'refunds': '-'}.items() %}
    select
        _connection_id, "merchantAccountId" as merchant_account, id, '{{ stream }}' as stream,
        {{ json_text('"disbursementDetails"', 'date') }} as disbursed_on,
        {{ sign }}{{ amount(json_text('"disbursementDetails"', 'amount', 'value')) }} as amount,
        {{ json_text('"disbursementDetails"', 'amount', 'currencyCode') }} as currency,
        "createdAt" as created_at, _sdc_deleted_at, _sdc_extracted_at
    from {{ raw('braintree', stream) }} as raw_rows
    where {{ json_text('"disbursementDetails"', 'date') }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
{% endmacro %}

{# The id made for a disbursement, which has none. #}
{% macro braintree_payout_id() %}{{ return("merchant_account || ':' || disbursed_on || ':' || currency") }}{% endmacro %}
