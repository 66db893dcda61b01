{{ config(materialized='view') }}
-- Where living or former records of a customer disagree, and which of them won by which rule.
with won as (
    select *, row_number() over (partition by customer_key, attribute order by rank) as place
    from {{ ref('customer_attribute_values') }}
)

select
    lost.value_id as conflict_id,
    lost.customer_key,
    lost.attribute,
    won.value as chosen_value,
    won.platform as chosen_platform,
    won.source_record_id as chosen_record_id,
    won.observed_at as chosen_observed_at,
    lost.value as other_value,
    lost.platform as other_platform,
    lost.source_record_id as other_record_id,
    lost.observed_at as other_observed_at,
    lost.rule,
    lost.run_id
from {{ ref('customer_attribute_values') }} as lost
inner join won on won.customer_key = lost.customer_key and won.attribute = lost.attribute and won.place = 1
where lost.is_conflict
