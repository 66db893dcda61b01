{{ config(meta={
    'key': 'customer_key', 'tells': ['customer_key'],
    'covered': dict.fromkeys(['int_customer_clusters', 'customer_identities'], 'int_customer_members'),
}) }}
{{ touched([
    told('int_customer_members', 'customer_key'), told('int_customer_ranked', 'customer_key'),
    told('int_attribute_overrides', 'customer_key'), told('int_customer_successors', 'customer_key'),
]) }}
with golden as (
    select
        customer_key,
        max(case when name_rank = 1 then record_type end) as record_type,
        {%- for group, made in survivor_groups().items() %}{% for column in made.columns %}
        {%- set chosen = 'case when ' ~ group ~ '_rank = 1 then ' ~ column ~ ' end' %}
        {{ any_true(chosen) if column.startswith('consent_') else 'max(' ~ chosen ~ ')' }} as {{ column }},
        {%- endfor %}{% endfor %}
        max(case when name_rank = 1 then last_norm end) as household_name,
        max(case when address_rank = 1 then street end) as street,
        max(case when address_rank = 1 then area end) as area,
        count(*) as record_count,
        count(distinct platform) as source_count,
        {{ any_true('deleted_at is null') }} as is_alive,
        min(created_at) as first_seen_at,
        max(coalesce(updated_at, created_at)) as last_seen_at,
        max(_loaded_at) as _loaded_at
    from {{ ref('int_customer_ranked') }}
    where {{ only('customer_key') }}
    group by customer_key
),

decided as (
    select
        customer_key
        {%- for group, made in survivor_groups().items() %}{% for column in made.columns %},
        max(case when attribute = '{{ column }}' then value end) as {{ column }}
        {%- endfor %}{% endfor %}
    from {{ ref('int_attribute_overrides') }}
    group by customer_key
),

-- The weakest link within each customer; a key's living records are one cluster.
held as (
    select identity.customer_key, min(cluster.min_link_weight) as min_link_weight
    from {{ ref('customer_identities') }} as identity
    inner join {{ ref('int_customer_clusters') }} as cluster on cluster.record_key = identity.record_key
    where {{ only('identity.customer_key') }} and identity.is_current and cluster.min_link_weight is not null
    group by identity.customer_key
),

every_key as (
    select customer_key, cast(null as text) as merged_into_key from golden
    union all
    select customer_key, merged_into_key from {{ ref('int_customer_successors') }}
)

select
    every_key.customer_key,
    case
        when golden.is_alive then 'active'
        when golden.customer_key is null and every_key.merged_into_key is not null then 'merged'
        else 'deleted'
    end as status,
    every_key.merged_into_key,
    golden.record_type as type,
    case
        when golden.record_type = 'person' and golden.household_name is not null and golden.street is not null and golden.area is not null
            then {{ key_of(['golden.household_name', 'golden.street', 'golden.area']) }}
    end as household_key,
    {%- for group, made in survivor_groups().items() %}{% for column in made.columns %}
    {%- set type = 'date' if column == 'birth_date' else 'boolean' if column.startswith('consent_') else 'text' %}
    coalesce(cast(decided.{{ column }} as {{ type }}), golden.{{ column }}) as {{ column }},
    {%- endfor %}{% endfor %}
    coalesce(record_count, 0) as record_count,
    coalesce(source_count, 0) as source_count,
    held.min_link_weight,
    first_seen_at,
    last_seen_at,
    _loaded_at,
    '{{ invocation_id }}' as run_id
from every_key
left join golden on golden.customer_key = every_key.customer_key
left join decided on decided.customer_key = every_key.customer_key
left join held on held.customer_key = every_key.customer_key
