-- Records that came, changed or went since customer_identities was last built, which empties this list again;
-- on a full build, every record.
{{ config(materialized='incremental', incremental_strategy='append') }}
{% set before = remembered('int_customer_records', {'record_key': 'text', 'fingerprint': 'bigint'}) %}
select coalesce(record.record_key, before.record_key) as record_key
from {{ ref('int_customers') }} as record
full join {{ before }} as before on before.record_key = record.record_key
{% if is_incremental() %}where record.fingerprint is distinct from before.fingerprint{% endif %}
