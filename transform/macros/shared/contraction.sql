{# The common table expressions that find connected components of an undirected graph by contraction.
   `edges` is a query of `left_key` and `right_key`. Each round every node takes the neighbour (or itself) with the
   smallest hash of that round for its label, and the graph of labels goes on; the labels are then followed to the end.
   Result: a CTE `components(node, component)` of all nodes that have an edge. A data test proves that the rounds sufficed. #}
{% macro contraction(edges, rounds) %}{{ return(adapter.dispatch('contraction')(edges, rounds)) }}{% endmacro %}
{% macro default__contraction(edges, rounds) %}
    {{ contraction_start(edges) }},
    {%- for round in range(rounds) %}{{ contraction_round(round) }},{% endfor %}
    {{ contraction_end(rounds) }}
{%- endmacro %}
{% macro spark__contraction(edges, rounds) %}
    {%- if not execute or flags.WHICH not in ['build', 'run'] -%}{{ return(default__contraction(edges, rounds)) }}{%- endif -%}
    {%- set made = spark_rounds(contraction_start(edges), contraction_round, ['arcs'], ['labels', 'arcs'], 'arcs', rounds) -%}
    {{ spark_kept('arcs', made) }},
    {%- for round in range(made) %}
    {{ spark_kept('labels', round + 1) }},
    {%- endfor %}
    {{ contraction_end(made) }}
{%- endmacro %}

{% macro contraction_start(edges) %}
    edges as ({{ edges }}),
    arcs_0 as (
        select left_key as node, right_key as neighbour from edges where left_key <> right_key
        union
        select right_key, left_key from edges where left_key <> right_key
    )
{%- endmacro %}

{% macro contraction_round(round) %}
    labels_{{ round + 1 }} as (
        select
            node,
            substr(least(
                min(md5(neighbour || ':{{ round }}') || neighbour),
                md5(node || ':{{ round }}') || node
            ), 33) as label
        from arcs_{{ round }}
        group by node
    ),
    arcs_{{ round + 1 }} as (
        select distinct one.label as node, other.label as neighbour
        from arcs_{{ round }} as arc
        inner join labels_{{ round + 1 }} as one on one.node = arc.node
        inner join labels_{{ round + 1 }} as other on other.node = arc.neighbour
        where one.label <> other.label
    )
{%- endmacro %}

{% macro contraction_end(rounds) %}
    followed_{{ rounds }} as (select distinct node, node as label from arcs_{{ rounds }}),
    {%- for round in range(rounds - 1, -1, -1) %}
    followed_{{ round }} as (
        select label.node, coalesce(further.label, label.label) as label
        from labels_{{ round + 1 }} as label
        left join followed_{{ round + 1 }} as further on further.node = label.label
    ),
    {%- endfor %}
    components as (
        select node, min(node) over (partition by label) as component from followed_0
    )
{%- endmacro %}
