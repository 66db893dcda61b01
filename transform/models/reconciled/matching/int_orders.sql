-- Every order with the customer who placed it: by the shop's own customer record, else by an e-mail only one customer uses.
with orders as ({{ union_members('orders') }}),

owners as ({{ record_owners() }}),

mailboxes as ({{ sole_mailboxes() }})

select
    {{ record_key(from='orders') }} as order_key,
    orders.*,
    {{ normalise_email('orders.email') }} as email_norm,
    coalesce(owners.customer_key, mailboxes.customer_key) as customer_key,
    case when owners.customer_key is not null then 'shop customer' when mailboxes.customer_key is not null then 'e-mail' end
        as customer_rule
from orders
left join owners
    on owners.platform = orders.platform
    and owners.connection_id = orders.connection_id
    and owners.source_record_id = orders.source_customer_id
left join mailboxes on mailboxes.value_norm = {{ normalise_email('orders.email') }}
