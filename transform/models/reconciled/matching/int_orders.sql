-- Every order with the customer who placed it: by the shop's own customer record, else by an e-mail only one customer uses.
{{ config(meta={'key': 'order_key', 'tells': ['order_key', 'customer_key']}) }}
{{ touched([
    told_members('orders'),
    'select order_key from ' ~ this ~ ' where ' ~ named_record('source_customer_id') ~ ' in ' ~ told('int_record_owners', 'record'),
    'select order_key from ' ~ this ~ ' where email_norm in ' ~ told('customer_identifiers', 'value_norm'),
]) }}
with orders as (select * from ({{ union_members('orders') }}) as members where {{ only(record_key()) }}),

mailboxes as ({{ sole_mailboxes() }})

select
    {{ record_key(from='orders') }} as order_key,
    orders.*,
    {{ normalise_email('orders.email') }} as email_norm,
    coalesce(owners.customer_key, mailboxes.customer_key) as customer_key,
    case when owners.customer_key is not null then 'shop customer' when mailboxes.customer_key is not null then 'e-mail' end
        as customer_rule
from orders
left join {{ ref('int_record_owners') }} as owners
    on owners.platform = orders.platform
    and owners.connection_id = orders.connection_id
    and owners.source_record_id = orders.source_customer_id
left join mailboxes on mailboxes.value_norm = {{ normalise_email('orders.email') }}
