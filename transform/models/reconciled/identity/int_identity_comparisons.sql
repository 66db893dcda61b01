{{ config(materialized='view') }}
-- How alike each candidate pair is, attribute by attribute.
with paired as (
    select
        least(one.record_key, other.record_key) as left_key,
        greatest(one.record_key, other.record_key) as right_key,
        {{ paired_features() }}
    from {{ ref('int_identity_candidates') }} as pair
    inner join {{ ref('int_customer_features') }} as one on one.record_no = pair.left_no
    inner join {{ ref('int_customer_features') }} as other on other.record_no = pair.right_no
    {% if var('deduplicated_platforms') %}
    where not (
        one.platform in ('{{ var("deduplicated_platforms") | join("', '") }}') and one.platform = other.platform
        and one.connection_id = other.connection_id and one.account_id = other.account_id
    )
    {% endif %}
)

select * from ({{ likeness('paired') }}) as levels
