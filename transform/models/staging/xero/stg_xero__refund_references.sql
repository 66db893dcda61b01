-- What money given back refers to: ids of processors and numbers of orders in its references, and the contact.
with {{ xero_given_back() }},

source as (
    select
        _connection_id, "PaymentID", contact_id, "Reference", note_reference, deleted_at, _sdc_extracted_at,
        coalesce("Reference", '') || ' ' || coalesce(note_reference, '') as written
    from given_back
),

named as (
    select source.*, 'processor_id' as ref_type, word.item as value from source {{ id_words('source.written', 'word') }}
    union all
    select source.*, 'customer_id', contact_id from source
    {%- for column in ['"Reference"', 'note_reference'] %}
    union all
    select source.*, 'order_number', {{ column }} from source where length({{ column }}) between 3 and 40
    {%- endfor %}
)

select
    {{ origin('xero', 'payments') }},
    'payments/' || "PaymentID" as source_record_id,
    ref_type,
    value,
    deleted_at,
    _sdc_extracted_at as _loaded_at
from named
where value <> ''
