-- Every record of money taken, by processors and as shops and books wrote it down, with its payer where the record tells and the
-- order that it names, or the one that this repeats.
{{ config(meta={'key': 'payment_key', 'tells': ['payment_key', 'own_order_key']}) }}
{{ touched([
    told_members('payments'),
    'select payment_key from ' ~ this ~ ' where ' ~ named_record('source_customer_id') ~ ' in ' ~ told('int_record_owners', 'record'),
    'select payment_key from ' ~ this ~ ' where email_norm in ' ~ told('customer_identifiers', 'value_norm'),
    'select payment_key from ' ~ this ~ ' where named_order_key in ' ~ told('int_order_mirrors', 'order_key'),
]) }}
with payments as (
    select
        members.*,
        case when source_order_id is not null then
            {{ key_of(['platform', 'connection_id', "'orders'", 'source_order_id']) }} end as named_order_key
    from ({{ union_members('payments') }}) as members
    where {{ only(record_key()) }}
),

mailboxes as ({{ sole_mailboxes() }})

select
    {{ record_key(from='payments') }} as payment_key,
    payments.*,
    {{ normalise_email('payments.email') }} as email_norm,
    coalesce(owners.customer_key, mailboxes.customer_key) as customer_key,
    {{ standing('payments.platform') }} = 5 as is_booking,
    coalesce(repeated.original_order_key, payments.named_order_key) as own_order_key
from payments
left join {{ ref('int_record_owners') }} as owners
    on owners.platform = payments.platform
    and owners.connection_id = payments.connection_id
    and owners.source_record_id = payments.source_customer_id
left join mailboxes on mailboxes.value_norm = {{ normalise_email('payments.email') }}
left join {{ ref('int_order_mirrors') }} as repeated on repeated.order_key = payments.named_order_key
