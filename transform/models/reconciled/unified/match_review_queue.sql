{{ config(materialized='view') }}
-- Pairs that need a person: both records side by side, what they share and why they did not merge. What identity_overrides
-- decides leaves the queue, and so does what other links join.
with waiting as (
    select
        left_key, right_key, left_customer_key, right_customer_key,
        max(weight) as weight, {{ listed('rule') }} as evidence, min(held_back) as held_back
    from {{ ref('identity_edges') }}
    where verdict = 'review' and left_customer_key <> right_customer_key
    group by left_key, right_key, left_customer_key, right_customer_key
)

select
    {{ key_of(['waiting.left_key', 'waiting.right_key']) }} as pair_id,
    waiting.left_key,
    waiting.right_key,
    waiting.left_customer_key,
    waiting.right_customer_key,
    waiting.weight,
    waiting.evidence,
    waiting.held_back,
    {{ told_in_words('waiting.held_back') }} as reason,
    {%- for side, record in {'left': 'one', 'right': 'other'}.items() %}
    {%- for column in ['platform', 'source_object', 'source_record_id', 'full_name', 'birth_date', 'email', 'phone_e164', 'address_line1', 'city', 'postcode', 'company'] %}
    {{ record }}.{{ column }} as {{ side }}_{{ column }},
    {%- endfor %}
    {%- endfor %}
    '{{ invocation_id }}' as run_id
from waiting
inner join {{ ref('int_customer_records') }} as one on one.record_key = waiting.left_key
inner join {{ ref('int_customer_records') }} as other on other.record_key = waiting.right_key
