with golden as (
    select
        customer_key,
        max(case when name_rank = 1 then record_type end) as record_type,
        {% for rank, columns in survivors().items() %}{% for column in columns %}
        max(case when {{ rank }} = 1 then {{ column }} end) as {{ column }},
        {% endfor %}{% endfor %}
        {{ any_true('case when consent_email_rank = 1 then consent_email end') }} as consent_email,
        {{ any_true('case when consent_sms_rank = 1 then consent_sms end') }} as consent_sms,
        count(*) as record_count,
        count(distinct platform) as source_count,
        {{ any_true('deleted_at is null') }} as is_alive,
        min(created_at) as first_seen_at,
        max(coalesce(updated_at, created_at)) as last_seen_at,
        max(_loaded_at) as _loaded_at
    from {{ ref('int_customer_ranked') }}
    group by customer_key
),

-- Keys that no record holds any more: merged into the key that holds most of their records now, or deleted with them.
superseded as (
    select
        lost.customer_key, now_held.customer_key as merged_into_key, count(*) as records,
        row_number() over (
            partition by lost.customer_key order by count(now_held.customer_key) desc, now_held.customer_key
        ) as place
    from {{ ref('customer_identities') }} as lost
    left join {{ ref('customer_identities') }} as now_held on now_held.record_key = lost.record_key and now_held.is_current
    left join golden on golden.customer_key = lost.customer_key
    where golden.customer_key is null
    group by lost.customer_key, now_held.customer_key
),

every_key as (
    select customer_key, cast(null as text) as merged_into_key from golden
    union all
    select customer_key, merged_into_key from superseded where place = 1
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
    cast(null as text) as household_key,
    full_name, first_name, last_name, birth_date, email, phone_e164,
    address_line1, city, region, postcode, country_code, company, consent_email, consent_sms,
    coalesce(record_count, 0) as record_count,
    coalesce(source_count, 0) as source_count,
    cast(null as double precision) as min_link_weight,
    first_seen_at,
    last_seen_at,
    _loaded_at,
    '{{ invocation_id }}' as run_id
from every_key
left join golden on golden.customer_key = every_key.customer_key
