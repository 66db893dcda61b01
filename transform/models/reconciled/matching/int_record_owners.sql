-- The customer of each record now, by the platform's own id of the record.
{{ config(meta={'tells': {'record': named_record('source_record_id')}}) }}
select platform, connection_id, source_record_id, max(customer_key) as customer_key
from {{ ref('customer_identities') }}
where is_current
group by platform, connection_id, source_record_id
