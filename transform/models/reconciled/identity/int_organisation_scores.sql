-- Organisations that are alike in name, street, area, phone and domain, by the weights of the seed (those that begin with
-- organisation_); different tax numbers or names wait for review.
{% set compared = ['name', 'street', 'area', 'phone', 'domain'] %}
with identified as (
    select
        record_key,
        max(case when id_type = 'domain' then value_norm end) as domain,
        max(case when id_type = 'tax_id' then value_norm end) as tax_id
    from {{ ref('int_customer_identifiers') }}
    where id_type in ('domain', 'tax_id') and not is_shared
    group by record_key
),

features as (
    select
        record.record_key, record.organisation_norm as name, record.phone_e164 as phone, identified.domain, identified.tax_id,
        nullif(left({{ replace_all('lower(record.address_line1)', '[^a-z0-9]') }}, 60), '') as street,
        nullif({{ replace_all('lower(record.postcode)', '[^a-z0-9]') }}, '') as postcode,
        nullif(left({{ replace_all('lower(record.city)', '[^a-z]') }}, 60), '') as city
    from {{ ref('int_customer_records') }} as record
    left join identified on identified.record_key = record.record_key
    where record.deleted_at is null and record.record_type = 'organisation'
),

keyed as (
    {%- for key in ['name', "left(name, 5) || postcode", "left(name, 5) || city", 'phone', 'domain', 'tax_id', 'street || coalesce(postcode, city)'] %}
    select record_key, {{ loop.index }} as block, {{ key }} as block_key from features{{ ' union all' if not loop.last }}
    {%- endfor %}
),

blocks as (
    select record_key, block, block_key
    from (select *, count(*) over (partition by block, block_key) as records from keyed where block_key is not null) as counted
    where records between 2 and 40
),

candidates as (
    select distinct one.record_key as left_key, other.record_key as right_key
    from blocks as one
    inner join blocks as other on other.block = one.block and other.block_key = one.block_key and other.record_key > one.record_key
),

levels as (
    select
        candidates.left_key, candidates.right_key, one.tax_id <> other.tax_id as taxed_apart,
        case
            when one.name is null or other.name is null then 'missing'
            when one.name = other.name then 'same'
            when {{ is_slip('one.name', 'other.name') }} then 'close'
            when {{ starts_with('one.name', 'other.name') }} or {{ starts_with('other.name', 'one.name') }} then 'short'
            else 'differ'
        end as name,
        case
            when one.street is null or other.street is null then 'missing'
            when one.street = other.street then 'same'
            when levenshtein(one.street, other.street) <= 2 then 'close'
            else 'differ'
        end as street,
        case
            when coalesce(one.postcode, one.city) is null or coalesce(other.postcode, other.city) is null then 'missing'
            when one.postcode = other.postcode then 'same'
            when one.city = other.city then 'part'
            else 'differ'
        end as area,
        case when one.phone is null or other.phone is null then 'missing' when one.phone = other.phone then 'same' else 'differ' end as phone,
        case when one.domain is null or other.domain is null then 'missing' when one.domain = other.domain then 'same' else 'differ' end as domain
    from candidates
    inner join features as one on one.record_key = candidates.left_key
    inner join features as other on other.record_key = candidates.right_key
),

weighed as (
    select
        levels.*,
        {% for name in compared -%}
        coalesce({{ name }}_weight.weight, 0){{ ' + ' if not loop.last }}
        {%- endfor %} - threshold.weight as above_threshold, threshold.weight as threshold
    from levels
    cross join (
        select {{ chance_weight('count(*)') }} + {{ var('match_margin') }} as weight from features
    ) as threshold
    {% for name in compared -%}
    left join {{ ref('match_weights') }} as {{ name }}_weight
        on {{ name }}_weight.comparison = 'organisation_{{ name }}' and {{ name }}_weight.level = levels.{{ name }}
    {% endfor %}
)

select
    left_key, right_key, name, street, area, phone, domain,
    cast(above_threshold + threshold as double precision) as weight,
    case when above_threshold >= 0 and name in ('same', 'close', 'short') and not coalesce(taxed_apart, false) then 'auto' else 'review' end as verdict,
    case
        when coalesce(taxed_apart, false) then 'tax_id'
        when name not in ('same', 'close', 'short') then 'names'
        when above_threshold < 0 then 'near_threshold'
    end as held_back
from weighed
where above_threshold >= 0 or (above_threshold >= -{{ var('review_margin') }} and name in ('same', 'close', 'short'))
