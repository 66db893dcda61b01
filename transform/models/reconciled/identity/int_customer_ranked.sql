-- Which record of a customer each group of attributes is taken from: living before deleted, any value before none, then
-- by the strategies of the variable `survivorship`.
{{ config(meta={
    'key': 'customer_key', 'tells': ['customer_key'],
    'covered': dict.fromkeys(['int_customer_features', 'int_customer_records', 'customer_identities'], 'int_customer_members'),
}) }}
{{ touched([told('int_customer_members', 'customer_key')]) }}
with records as (
    select
        identity.customer_key,
        {%- for group, made in survivor_groups().items() if 'most_frequent' in survivorship(group) %}
        count(*) over (partition by identity.customer_key, {{ made.alike }}) as {{ group }}_times,
        {%- endfor %}
        feature.street,
        feature.area,
        record.*
    from {{ ref('int_customer_records') }} as record
    inner join {{ ref('customer_identities') }} as identity on identity.record_key = record.record_key and identity.is_current
    left join (
        select record_key as feature_key, street, coalesce(postcode, city) as area from {{ ref('int_customer_features') }}
    ) as feature on feature.feature_key = record.record_key
    where {{ only('identity.customer_key') }}
)

select
    records.*,
    {%- for group, made in survivor_groups().items() %}
    row_number() over (partition by customer_key order by
        case when deleted_at is null then 0 else 1 end,
        case when coalesce({% for column in made.columns %}cast({{ column }} as text){{ ', ' if not loop.last }}{% endfor %}) is null then 1 else 0 end,
        {%- for strategy in survivorship(group) %}
        {{ survivorship_score(strategy, group, 'records') }} desc nulls last,
        {%- endfor %}
        platform, record_key
    ) as {{ group }}_rank{{ ',' if not loop.last }}
    {%- endfor %}
from records
