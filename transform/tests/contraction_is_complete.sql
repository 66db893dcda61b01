-- Two records that merge by themselves are in one cluster, unless their clusters hold two that must stay apart or a single
-- likeness would bridge them: fails if the rounds of contraction or separation did not suffice.
with clustered as (select record_key, cluster_id, count(*) over (partition by cluster_id) as records from {{ ref('int_customer_clusters') }}),

separated as (
    select one.cluster_id as left_id, other.cluster_id as right_id
    from {{ ref('int_identity_separations') }} as pair
    inner join clustered as one on one.record_key = pair.left_key
    inner join clustered as other on other.record_key = pair.right_key
),

cut as (
    select
        least(one.cluster_id, other.cluster_id) as left_id, greatest(one.cluster_id, other.cluster_id) as right_id,
        count(distinct link.left_key || link.right_key) as links, max(case when link.rule <> 'model' then 1 else 0 end) as is_ruled,
        min(least(one.records, other.records)) as records
    from {{ ref('int_identity_links') }} as link
    inner join clustered as one on one.record_key = link.left_key
    inner join clustered as other on other.record_key = link.right_key
    where link.verdict = 'auto' and one.cluster_id <> other.cluster_id
    group by 1, 2
)

select left_id, right_id
from cut
where not (links = 1 and is_ruled = 0 and records >= {{ var('bridge_records') }})
    and not exists (
        select 1 from separated
        where least(separated.left_id, separated.right_id) = cut.left_id and greatest(separated.left_id, separated.right_id) = cut.right_id
    )

union all

-- Two that must stay apart are.
select left_id, right_id from separated where left_id = right_id
