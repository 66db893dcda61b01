-- Blocks that records came into or left, and whether the block was small enough before to compare its records; none on a full build,
-- which compares everything.
{{ config(materialized='incremental', incremental_strategy='append') }}
{% set before = remembered('int_identity_blocks', {'record_no': 'bigint', 'block_key': 'bigint', 'most': 'smallint'}) %}
with reviewed as (select {{ hashed(['record_key']) }} as record_no from {{ ref('int_identity_reviewed') }}{% if not is_incremental() %} where false{% endif %}),

features as (
    select * from {{ ref('int_customer_features') }}
    where record_no in (select record_no from reviewed)
),

now as ({{ blocks_of('features') }}),

held as (select * from {{ before }} as blocks where record_no in (select record_no from reviewed)),

moved as (
    (select * from now except select * from held)
    union all
    (select * from held except select * from now)
),

sizes as (
    select block_key, count(*) as records
    from {{ before }} as blocks
    where block_key in (select block_key from moved)
    group by block_key
)

select moved.record_no, moved.block_key, coalesce(sizes.records, 0) <= moved.most as was_open
from moved
left join sizes on sizes.block_key = moved.block_key
