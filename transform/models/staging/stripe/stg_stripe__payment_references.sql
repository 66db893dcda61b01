-- What a charge is called elsewhere: its own ids, and the order that integrations name in the metadata.
{% set with_intents %}(
    select
        charge.*,
        intent.metadata as intent_metadata
    from {{ raw('stripe', 'charges') }} as charge
    left join {{ raw('stripe', 'payment_intents') }} as intent
        on intent.id = charge.payment_intent and intent._connection_id = charge._connection_id
){% endset %}
with charges as ({{ each_row(with_intents) }}),

named as (
    select charges.*, 'processor_id' as ref_type, id as value from charges
    union all
    select charges.*, 'processor_id', payment_intent from charges
    union all
    select charges.*, 'processor_id', balance_transaction from charges
    {% for ref_type, names in {
        'order_id': ['order_id'] + reference_names('order').values() | sum(start=[]),
        'order_number': ['order_number', 'order_name', 'order'],
    }.items() %}
    {% for name in names %}
    union all
    select charges.*, '{{ ref_type }}', coalesce({{ json_text('metadata', name) }}, {{ json_text('intent_metadata', name) }}) from charges
    {% endfor %}
    {% endfor %}
)

select distinct
    {{ origin('stripe', 'charges') }},
    id as source_record_id,
    ref_type,
    value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at,
    _row_hash
from named
where value <> ''
