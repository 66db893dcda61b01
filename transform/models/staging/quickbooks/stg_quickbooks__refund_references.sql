-- What a refund receipt refers to: ids of processors in its reference or note, the number of an order, and the customer.
with source as (
    select *, coalesce("PaymentRefNum", '') || ' ' || coalesce("PrivateNote", '') as written
    from {{ raw('quickbooks', 'refund_receipts') }} as refund_receipts
),

named as (
    select _connection_id, "Id", _sdc_deleted_at, _sdc_extracted_at, 'processor_id' as ref_type, word.item as value
    from source {{ id_words('source.written', 'word') }}
    union all
    select _connection_id, "Id", _sdc_deleted_at, _sdc_extracted_at, 'customer_id', {{ json_text('"CustomerRef"', 'value') }} from source
    {%- for column in ['DocNumber', 'PONumber', 'PaymentRefNum', 'PrivateNote'] %}
    union all
    select _connection_id, "Id", _sdc_deleted_at, _sdc_extracted_at, 'order_number', "{{ column }}" from source
    where length("{{ column }}") between 3 and 40
    {%- endfor %}
)

select
    {{ origin('quickbooks', 'refund_receipts') }},
    'refund_receipts/' || "Id" as source_record_id,
    ref_type,
    value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from named
where value <> ''
