-- Whatever in a transaction may be a payment processor's id: the payment id, the authorisation, the words of the receipt.
with source as (
    select
        transactions.*,
        coalesce("paymentId", '') || ' ' || coalesce(cast("receiptJson" as text), '') as written
    from {{ raw('shopify', 'transactions') }} as transactions
)

select
    {{ origin('shopify', 'transactions', from='source') }},
    source.id as source_record_id,
    'processor_id' as ref_type,
    word.item as value,
    source._sdc_deleted_at as deleted_at,
    source._sdc_extracted_at as _loaded_at
from source
{{ id_words('source.written', 'word') }}
