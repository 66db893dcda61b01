-- Keys that no record holds any more, and the key that holds most of their records now; null where these are gone.
{{ config(meta={'tells': ['customer_key']}) }}
with held as (select * from {{ ref('customer_identities') }}),

successors as (
    select
        lost.customer_key, now_held.customer_key as merged_into_key,
        row_number() over (
            partition by lost.customer_key order by count(now_held.customer_key) desc, now_held.customer_key
        ) as place
    from held as lost
    left join held as now_held on now_held.record_key = lost.record_key and now_held.is_current
    where not exists (select 1 from held where held.customer_key = lost.customer_key and held.is_current)
    group by lost.customer_key, now_held.customer_key
)

select customer_key, merged_into_key from successors where place = 1
