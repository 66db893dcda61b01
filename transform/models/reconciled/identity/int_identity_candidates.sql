-- The pairs of records to compare in this run: those that share a block with few others, and of which one at least was touched.
{% set touched, features = ref('int_identity_touched'), ref('int_customer_features') %}
{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget('1', '(select 1) as every_pair', '1') }}") }}
with
{%- if is_incremental() %}
touched as (
    select record_no from {{ features }} where record_key in (select record_key from {{ touched }})
),

blocks as (
    select * from {{ ref('int_identity_blocks') }} where block_key in (
        select block_key from {{ ref('int_identity_blocks') }} where record_no in (select record_no from touched)
    )
),
{%- else %}
blocks as (select * from {{ ref('int_identity_blocks') }}),
{%- endif %}

open as (
    select block_key from blocks group by block_key, most having count(*) between 2 and most
),

members as (select record_no, block_key from blocks where block_key in (select block_key from open))

select distinct one.record_no as left_no, other.record_no as right_no
from members as one
inner join members as other on other.block_key = one.block_key and other.record_no > one.record_no
{%- if is_incremental() %}
where one.record_no in (select record_no from touched) or other.record_no in (select record_no from touched)
{%- endif %}
