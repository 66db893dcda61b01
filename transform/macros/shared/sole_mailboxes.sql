{# Mailboxes that belong to exactly one customer, as value_norm and customer_key. #}
{% macro sole_mailboxes() %}
    select value_norm, max(customer_key) as customer_key
    from {{ ref('customer_identifiers') }}
    where id_type = 'email' and not is_shared
    group by value_norm
    having count(*) = 1
{% endmacro %}
