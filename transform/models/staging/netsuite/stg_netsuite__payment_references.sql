-- Whatever in the reference or the memo of a booking may be a payment processor's id; of a payment, for each of its parts.
select
    payment.source_relation, payment.platform, payment.connection_id, payment.account_id, payment.source_object,
    payment.source_record_id,
    'processor_id' as ref_type,
    word.item as value,
    payment.deleted_at,
    payment._loaded_at
from {{ ref('stg_netsuite__payments') }} as payment
inner join (
    select
        _connection_id, id,
        coalesce(otherrefnum, '') || ' ' || coalesce(memo, '') || ' ' || coalesce(externalid, '') as written
    from {{ raw('netsuite', 'transactions') }} as transactions
) as booking
    on booking.id = coalesce(payment.source_parent_id, payment.source_record_id) and booking._connection_id = payment.connection_id
{{ id_words('booking.written', 'word') }}
