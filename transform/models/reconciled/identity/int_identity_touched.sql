-- Records that are compared anew: those reviewed, those that came into or left a block, the members of blocks that became small
-- enough to be compared or too large, those that people decided on, or had, and
-- organisations that are otherwise alike than before.
{% set links = remembered('int_identity_links', {'left_key': 'text', 'right_key': 'text', 'id_type': 'text', 'verdict': 'text', 'weight': 'double precision'}) %}
with sizes as (
    select block_key, most, count(*) as records
    from {{ ref('int_identity_blocks') }}
    where block_key in (select block_key from {{ ref('int_block_changes') }})
    group by block_key, most
),

turned as (
    select distinct change.block_key
    from {{ ref('int_block_changes') }} as change
    inner join sizes on sizes.block_key = change.block_key
    where change.was_open <> (sizes.records <= sizes.most)
),

moved as (
    select record_no from {{ ref('int_block_changes') }}
    union
    select record_no from {{ ref('int_identity_blocks') }} where block_key in (select block_key from turned)
),

organisations as (
    select left_key, right_key, verdict, weight from {{ ref('int_organisation_scores') }}
),

held as (select left_key, right_key, verdict, weight from {{ links }} as link where id_type = 'organisation'),

otherwise as (
    (select * from organisations except select * from held)
    union all
    (select * from held except select * from organisations)
)

select record_key from {{ ref('int_identity_reviewed') }}
union
select left_key from otherwise
union
select right_key from otherwise
union
select record_key from {{ ref('int_customer_features') }} where record_no in (select record_no from moved)
union
select left_key from {{ ref('int_identity_overrides') }}
union
select right_key from {{ ref('int_identity_overrides') }}
union
select left_key from {{ links }} as link where id_type = 'steward'
union
select right_key from {{ links }} as link where id_type = 'steward'
