-- Every record of money taken, by processors and as shops wrote it down, with its payer where the record tells.
with payments as ({{ union_members('payments') }}),

owners as ({{ record_owners() }}),

mailboxes as ({{ sole_mailboxes() }})

select
    {{ record_key(from='payments') }} as payment_key,
    payments.*,
    {{ normalise_email('payments.email') }} as email_norm,
    coalesce(owners.customer_key, mailboxes.customer_key) as customer_key,
    case when payments.source_order_id is not null then
        {{ key_of(['payments.platform', 'payments.connection_id', "'orders'", 'payments.source_order_id']) }} end as own_order_key
from payments
left join owners
    on owners.platform = payments.platform
    and owners.connection_id = payments.connection_id
    and owners.source_record_id = payments.source_customer_id
left join mailboxes on mailboxes.value_norm = {{ normalise_email('payments.email') }}
