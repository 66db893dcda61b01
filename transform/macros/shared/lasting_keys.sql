{# The common table expressions that give groups of records their keys: a key stays with the largest part of the records that held
   it, of several in one group the oldest stays, and a group without one gets a new one.
   Read are the CTEs `history` (record_key, the key, minted_from), `held` (the same of now, with key_minted_at) and `grouped`
   (record_key, cluster_id, created_at). Made are `parts`, where the records of each key went, first the largest part, and
   `keyed`, the key of each group with minted_at and, where it is new, minted_from. #}
{% macro lasting_keys(key) %}
    parts as (
        select
            held.{{ key }}, grouped.cluster_id, min(held.key_minted_at) as minted_at,
            row_number() over (
                partition by held.{{ key }} order by count(*) desc, min(grouped.created_at), grouped.cluster_id
            ) as place
        from held
        inner join grouped on grouped.record_key = held.record_key
        group by held.{{ key }}, grouped.cluster_id
    ),

    kept as (
        select
            cluster_id, {{ key }}, minted_at,
            row_number() over (partition by cluster_id order by minted_at, {{ key }}) as place
        from parts where place = 1
    ),

    eldest as (
        select
            grouped.cluster_id, grouped.record_key,
            row_number() over (partition by grouped.cluster_id order by grouped.created_at, grouped.record_key) as place
        from grouped
        left join kept on kept.cluster_id = grouped.cluster_id
        where kept.cluster_id is null
    ),

    -- A new key is named after its eldest record, and numbered in case that record founded another one before.
    minted as (
        select
            eldest.cluster_id,
            md5(eldest.record_key || ':' || cast(count(distinct history.{{ key }}) as text)) as {{ key }},
            eldest.record_key as minted_from
        from eldest
        left join history on history.minted_from = eldest.record_key
        where eldest.place = 1
        group by eldest.cluster_id, eldest.record_key
    ),

    keyed as (
        select cluster_id, {{ key }}, minted_at, cast(null as text) as minted_from from kept where place = 1
        union all
        select cluster_id, {{ key }}, {{ run_at() }}, minted_from from minted
    )
{%- endmacro %}
