-- Records whose rules are applied anew: those that changed, and those that share an identifier with one, before or now.
select record_key from {{ ref('int_customer_changes') }}
union
select record_key from {{ ref('int_customer_identifiers') }}
where (id_type, value_norm) in (select id_type, value_norm from {{ ref('int_identifier_changes') }})
