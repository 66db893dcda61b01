-- Every record is exactly one customer at a time, and every record has one.
select record.record_key, count(identity.record_key) as identities
from {{ ref('int_customer_records') }} as record
left join {{ ref('customer_identities') }} as identity on identity.record_key = record.record_key and identity.is_current
group by record.record_key
having count(identity.record_key) <> 1
