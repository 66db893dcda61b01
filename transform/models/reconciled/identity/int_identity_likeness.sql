{{ config(materialized='view') }}
-- How alike any two living persons' records are: to be asked for one pair at a time.
with paired as (
    select
        one.record_key as left_key, other.record_key as right_key,
        {{ paired_features() }}
    from {{ ref('int_customer_features') }} as one
    inner join {{ ref('int_customer_features') }} as other on other.record_key > one.record_key
)

select * from ({{ likeness('paired') }}) as levels
