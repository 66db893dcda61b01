-- The newest decision of a person on each attribute, with the customer who holds the records now.
{{ config(meta={'tells': ['customer_key']}) }}
with given as (
    select customer_key, attribute, value, decided_by, decided_at, note from {{ ref('attribute_overrides') }}
    {% if var('attribute_overrides_table') %}
    union all
    select customer_key, attribute, value, decided_by, decided_at, note from {{ var('attribute_overrides_table') }}
    {% endif %}
    {{ decided('attribute_overrides', ['customer_key', 'attribute', 'value', 'decided_by', 'decided_at', 'note']) }}
),

placed as (
    select
        coalesce(successor.merged_into_key, given.customer_key) as holder, given.*,
        row_number() over (
            partition by coalesce(successor.merged_into_key, given.customer_key), attribute order by decided_at desc nulls last
        ) as place
    from given
    left join {{ ref('int_customer_successors') }} as successor on successor.customer_key = given.customer_key
)

select holder as customer_key, attribute, value, decided_by, decided_at
from placed
where place = 1 and holder in (select customer_key from {{ ref('customer_identities') }} where is_current)
