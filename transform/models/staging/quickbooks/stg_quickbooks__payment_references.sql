-- Whatever in the reference or the note of a booking may be a payment processor's id; of a payment, for each of its parts.
select
    payment.source_relation, payment.platform, payment.connection_id, payment.account_id, payment.source_object,
    payment.source_record_id,
    'processor_id' as ref_type,
    word.item as value,
    payment.deleted_at,
    payment._loaded_at
from {{ ref('stg_quickbooks__payments') }} as payment
inner join (
    {%- for stream in ['payments', 'sales_receipts', 'invoices'] %}
    select _connection_id, '{{ stream }}/' || "Id" as booking_id, coalesce("PaymentRefNum", '') || ' ' || coalesce("PrivateNote", '') as written
    from {{ raw('quickbooks', stream) }} as raw_rows
    {{ 'union all' if not loop.last }}
    {%- endfor %}
) as booking
    on booking.booking_id = coalesce(payment.source_parent_id, payment.source_record_id) and booking._connection_id = payment.connection_id
{{ id_words('booking.written', 'word') }}
