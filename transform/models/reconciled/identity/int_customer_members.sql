-- Each record with its customer now, and a number that changes with whatever of the record, its identifiers or its cluster is shown of
-- the customer: what follows customers learns here which of them changed.
{{ config(meta={'tells': ['customer_key']}) }}
with identifiers as (
    select record_key, sum(cast({{ hashed(['id_type', 'value_norm', 'distinct_names', 'is_shared']) }} as numeric(38, 0))) as identifiers
    from {{ ref('int_customer_identifiers') }}
    group by record_key
)

select
    record.record_key,
    identity.customer_key,
    record.fingerprint,
    record._loaded_at,
    feature.street,
    coalesce(feature.postcode, feature.city) as area,
    cluster.min_link_weight,
    identifiers.identifiers
from {{ ref('int_customer_records') }} as record
inner join {{ ref('customer_identities') }} as identity on identity.record_key = record.record_key and identity.is_current
left join {{ ref('int_customer_features') }} as feature on feature.record_key = record.record_key
left join {{ ref('int_customer_clusters') }} as cluster on cluster.record_key = record.record_key
left join identifiers on identifiers.record_key = record.record_key
