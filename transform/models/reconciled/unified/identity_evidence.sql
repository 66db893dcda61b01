{{ config(materialized='view') }}
-- What speaks for and against two records being one, piece by piece, for the pairs of identity_edges.
{% set compared = {
    'first_name': ['first_name'], 'household': ['last_name', 'address_line1', 'postcode', 'city'], 'birth_date': ['birth_date'],
    'email': ['email'], 'phone': ['phone_e164'],
} %}

with pairs as (select distinct left_key, right_key from {{ ref('identity_edges') }}),

pieces as (
    {% for name, columns in compared.items() %}
    select
        pair.left_key, pair.right_key, 'likeness' as kind, '{{ name }}' as subject, pair.{{ name }} as level, weight.weight,
        {% for record in ['one', 'other'] -%}
        nullif(trim({% for column in columns %}coalesce(cast({{ record }}.{{ column }} as text), ''){{ " || ' ' || " if not loop.last }}{% endfor %}), '') as {{ record }}_value{{ ',' if not loop.last }}
        {% endfor %}
    from pairs
    inner join {{ ref('int_identity_likeness') }} as pair on pair.left_key = pairs.left_key and pair.right_key = pairs.right_key
    inner join {{ ref('int_customer_records') }} as one on one.record_key = pair.left_key
    inner join {{ ref('int_customer_records') }} as other on other.record_key = pair.right_key
    left join {{ ref('match_weights') }} as weight on weight.comparison = '{{ name }}' and weight.level = pair.{{ name }}
    union all
    {% endfor %}
    {% for name, column in {'name': 'full_name', 'street': 'address_line1', 'area': 'postcode', 'phone': 'phone_e164', 'domain': 'email'}.items() %}
    select
        pair.left_key, pair.right_key, 'likeness', 'organisation_{{ name }}', pair.{{ name }}, weight.weight, one.{{ column }}, other.{{ column }}
    from {{ ref('int_organisation_scores') }} as pair
    inner join {{ ref('int_customer_records') }} as one on one.record_key = pair.left_key
    inner join {{ ref('int_customer_records') }} as other on other.record_key = pair.right_key
    left join {{ ref('match_weights') }} as weight
        on weight.comparison = 'organisation_{{ name }}' and weight.level = pair.{{ name }}
    union all
    {% endfor %}
    select
        one.record_key, other.record_key, 'identifier', one.id_type,
        case when one.is_shared then 'used by too many' else 'same' end, cast(null as double precision), one.value_norm, other.value_norm
    from {{ ref('int_customer_identifiers') }} as one
    inner join {{ ref('int_customer_identifiers') }} as other
        on other.id_type = one.id_type and other.value_norm = one.value_norm and other.record_key > one.record_key
    union all
    select
        left_key, right_key, 'decision', decision, 'by ' || coalesce(decided_by, 'somebody'), cast(null as double precision), note, note
    from {{ ref('int_identity_overrides') }}
)

select
    {{ key_of(['left_key', 'right_key', 'kind', 'subject', 'one_value']) }} as evidence_id,
    left_key,
    right_key,
    kind,
    subject,
    level,
    weight,
    one_value as left_value,
    other_value as right_value,
    '{{ invocation_id }}' as run_id
from pieces
