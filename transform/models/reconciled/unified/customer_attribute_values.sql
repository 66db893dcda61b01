-- Every value any record gives for an attribute, beside the one that was chosen and what decided between them.
{{ config(meta={'key': 'customer_key', 'tells': ['customer_key']}) }}
{{ touched([told('int_customer_ranked', 'customer_key'), told('int_attribute_overrides', 'customer_key')]) }}
with
{%- for group, made in survivor_groups().items() %}
{{ group }}_compared as (
    select
        given.*,
        {%- for column in made.columns %}
        chosen.{{ column }} as chosen_{{ column }},
        {%- endfor %}
        case
            when given.{{ group }}_rank = 1 then 'chosen'
            when given.deleted_at is not null and chosen.deleted_at is null then 'deleted'
            {%- for strategy in survivorship(group) %}
            {%- set own, other = survivorship_score(strategy, group, 'given'), survivorship_score(strategy, group, 'chosen') %}
            when {{ own }} is null and {{ other }} is not null or {{ own }} < {{ other }} then '{{ strategy }}'
            {%- endfor %}
            else 'order of platforms'
        end as rule
    from {{ ref('int_customer_ranked') }} as given
    inner join {{ ref('int_customer_ranked') }} as chosen on chosen.customer_key = given.customer_key and chosen.{{ group }}_rank = 1
    where {{ only('given.customer_key') }}
),
{%- endfor %}

values_given as (
    {% for group, made in survivor_groups().items() %}{% for column in made.columns %}
    select
        customer_key, '{{ column }}' as attribute, cast({{ column }} as text) as value, cast(coalesce(chosen_{{ column }}, {{ column }}) as text) as chosen,
        platform, connection_id, source_object, source_record_id, record_key, {{ group }}_rank as rank, rule,
        coalesce(updated_at, created_at) as observed_at, _loaded_at
    from {{ group }}_compared
    where {{ column }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}{% if not loop.last %}union all{% endif %}{% endfor %}
)

select
    {{ key_of(['record_key', 'values_given.attribute']) }} as value_id,
    values_given.customer_key,
    values_given.attribute,
    values_given.value,
    platform,
    connection_id,
    source_object,
    source_record_id,
    cast(rank as bigint) as rank,
    case when lower(trim(values_given.value)) <> lower(trim(override.value)) then 'steward' else rule end as rule,
    lower(trim(values_given.value)) <> lower(trim(coalesce(override.value, chosen))) as is_conflict,
    observed_at,
    _loaded_at,
    '{{ invocation_id }}' as run_id
from values_given
left join {{ ref('int_attribute_overrides') }} as override
    on override.customer_key = values_given.customer_key and override.attribute = values_given.attribute

union all
select
    {{ key_of(["'attribute_overrides'", 'customer_key', 'attribute']) }}, customer_key, attribute, value,
    null, null, null, null, 0, 'steward', false, decided_at, null, '{{ invocation_id }}'
from {{ ref('int_attribute_overrides') }}
