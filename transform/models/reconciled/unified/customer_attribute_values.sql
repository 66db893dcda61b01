-- Every value any record gives for an attribute; rank 1 is the one in customers.
with values_given as (
    {% for rank, columns in survivors().items() %}{% for column in columns %}
    select
        customer_key, '{{ column }}' as attribute, cast({{ column }} as text) as value, platform, connection_id,
        source_object, source_record_id, record_key, {{ rank }} as rank, '{{ rank | replace("_rank", "") }}' as attribute_group,
        updated_at as observed_at, _loaded_at
    from {{ ref('int_customer_ranked') }}
    where {{ column }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}{% if not loop.last %}union all{% endif %}{% endfor %}
)

select
    {{ key_of(['record_key', 'attribute']) }} as value_id,
    customer_key,
    attribute,
    value,
    platform,
    connection_id,
    source_object,
    source_record_id,
    rank,
    'complete, then newest, as one ' || attribute_group as rule,
    observed_at,
    _loaded_at,
    '{{ invocation_id }}' as run_id
from values_given
