{# The common table expressions that form clusters along links, strongest first, and leave out each link that would bring
   together two nodes that must stay apart, or that is alone, by likeness, between two clusters of `bridge_records` nodes or more.
   `links` is a query of left_key, right_key, place (1 is the strongest; no two are equal) and is_likeness (1 or 0), `apart` a table
   or query in brackets of left_key and right_key. In each round the pairs of clusters whose strongest open link is the same one
   are joined, which gives what taking up one link after another gives. A link is looked at from either end, with the number of
   nodes there, and no round joins clusters by an inner join: Postgres expects one row of each, and would loop over all.
   Result: the CTEs `agglomerated(node, cluster)` of all nodes of `links`, where a cluster is named after its smallest node, and
   `taken(node, place)`, the links that joined. A data test proves that the rounds sufficed. #}
{% macro agglomeration(links, apart, rounds) %}{{ return(adapter.dispatch('agglomeration')(links, apart, rounds)) }}{% endmacro %}
{% macro default__agglomeration(links, apart, rounds) %}
    {{ agglomeration_start(links, apart) }},
    {%- for round in range(rounds) %}{{ agglomeration_round(round) }},{% endfor %}
    agglomerated as (select node, cluster from clusters_{{ rounds }}),
    taken as (select node, place from taken_{{ rounds }})
{%- endmacro %}
{% macro spark__agglomeration(links, apart, rounds) %}
    {%- if not execute or flags.WHICH not in ['build', 'run'] -%}{{ return(default__agglomeration(links, apart, rounds)) }}{%- endif -%}
    {%- set state = ['apart', 'open', 'clusters', 'taken'] -%}
    {%- set made = spark_rounds(agglomeration_start(links, apart), agglomeration_round, state, state, 'open', rounds) -%}
    {{ spark_kept('clusters', made) }},
    {{ spark_kept('taken', made) }},
    agglomerated as (select node, cluster from clusters_{{ made }}),
    taken as (select node, place from taken_{{ made }})
{%- endmacro %}

{% macro agglomeration_start(links, apart) %}
    links as ({{ links }}),
    apart_0 as (
        select left_key as node, right_key as neighbour from {{ apart }} as pairs
        union
        select right_key, left_key from {{ apart }} as pairs
    ),
    every_link as (
        select left_key as node, right_key as neighbour, place, 1 as links, is_likeness, 1 as nodes from links
        union all
        select right_key, left_key, place, 1, is_likeness, 1 from links
    ),
    open_0 as (
        select every_link.* from every_link
        left join apart_0 on apart_0.node = every_link.node and apart_0.neighbour = every_link.neighbour
        where apart_0.node is null
    ),
    clusters_0 as (select distinct node, node as cluster from every_link),
    taken_0 as (select node, place from every_link where place is null)
{%- endmacro %}

{% macro agglomeration_round(round) %}
    best_{{ round }} as (
        select * from (select *, min(place) over (partition by node) as best_place from open_{{ round }}) as ranked where place = best_place
    ),
    met_{{ round }} as (
        select
            max(node) as node, min(node) as cluster, place, min(nodes) + max(nodes) as nodes,
            max(links) = 1 and max(is_likeness) = 1 and min(nodes) >= {{ var('bridge_records') }} as is_bridge
        from best_{{ round }} group by place having count(*) = 2
    ),
    joined_{{ round }} as (
        select node, cluster, nodes from met_{{ round }} where not is_bridge
        union all
        select cluster, cluster, nodes from met_{{ round }} where not is_bridge
    ),
    taken_{{ round + 1 }} as (
        select node, place from taken_{{ round }}
        union all
        select node, place from met_{{ round }} where not is_bridge
    ),
    clusters_{{ round + 1 }} as (
        select clusters.node, coalesce(joined.cluster, clusters.cluster) as cluster
        from clusters_{{ round }} as clusters
        left join joined_{{ round }} as joined on joined.node = clusters.cluster
    ),
    apart_{{ round + 1 }} as (
        select distinct coalesce(one.cluster, pair.node) as node, coalesce(other.cluster, pair.neighbour) as neighbour
        from apart_{{ round }} as pair
        left join joined_{{ round }} as one on one.node = pair.node
        left join joined_{{ round }} as other on other.node = pair.neighbour
    ),
    carried_{{ round }} as (
        select
            coalesce(one.cluster, link.node) as node, coalesce(other.cluster, link.neighbour) as neighbour,
            min(case when bridge.place is null then link.place end) as place,
            sum(link.links) as links, min(link.is_likeness) as is_likeness, max(coalesce(one.nodes, link.nodes)) as nodes
        from open_{{ round }} as link
        left join joined_{{ round }} as one on one.node = link.node
        left join joined_{{ round }} as other on other.node = link.neighbour
        left join met_{{ round }} as bridge on bridge.place = link.place and bridge.is_bridge
        group by 1, 2
    ),
    open_{{ round + 1 }} as (
        select carried.* from carried_{{ round }} as carried
        left join apart_{{ round + 1 }} as apart on apart.node = carried.node and apart.neighbour = carried.neighbour
        where apart.node is null and carried.node <> carried.neighbour
    )
{%- endmacro %}
