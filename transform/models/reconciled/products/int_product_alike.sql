-- Products of two platforms whose titles are nearest to each other: the cosine of their words, more where they share a model
-- number, less the further their prices lie apart. Nearest is not yet the same: a catalogue is full of sisters that differ in
-- one word. It is sure where they share a rare model number, where one title holds the other, or where no sister comes near.
-- Weights are cut to nine places: engines add in different orders, and ties would be broken by the last bit.
with words as (select * from {{ ref('int_product_words') }}),

lengths as (
    select record_key, sqrt(sum(weight * weight)) as length, sum(weight) as weight from words group by record_key
),

shared as (
    select
        one.record_key as left_key, other.record_key as right_key, one.side as left_side, other.side as right_side,
        sum(one.weight * other.weight) as product,
        sum(one.weight) as weight,
        max(case when one.is_model then 1 else 0 end) as shares_model,
        min(case when one.is_model then one.products end) as model_seen
    from words as one
    inner join words as other on other.word = one.word and one.side < other.side
    where one.products <= {{ var('product_word_limit') }}
    group by one.record_key, other.record_key, one.side, other.side
),

weighed as (
    select
        shared.left_key, shared.right_key, shared.left_side, shared.right_side,
        shared.weight / least(one_length.weight, other_length.weight) as held,
        coalesce(shared.model_seen <= {{ var('product_model_limit') }}, false) as shares_rare_model,
        cast(cast(
            shared.product / (one_length.length * other_length.length) + 0.15 * shared.shares_model
                - case when one.price > 0 and other.price > 0 and one.currency = other.currency
                    then 0.1 * least(2, abs(ln(cast(one.price as double precision) / cast(other.price as double precision)))) else 0 end
        as numeric(18,9)) as double precision) as weight
    from shared
    inner join lengths as one_length on one_length.record_key = shared.left_key
    inner join lengths as other_length on other_length.record_key = shared.right_key
    inner join {{ ref('int_product_records') }} as one on one.record_key = shared.left_key
    inner join {{ ref('int_product_records') }} as other on other.record_key = shared.right_key
),

-- Variants of one product are no sisters of each other: they belong together anyway.
ranked as (
    select
        weighed.*,
        row_number() over (partition by left_key, right_side order by weight desc, right_key) as right_place,
        row_number() over (partition by right_key, left_side order by weight desc, left_key) as left_place
    from weighed where weight >= {{ var('product_review_weight') }}
),

nearest as (select * from ranked where right_place = 1 and left_place = 1),

products as (
    select record_key, coalesce(source_product_id, record_key) as product from {{ ref('int_product_records') }}
),

sisters as (
    select
        nearest.left_key, nearest.right_key,
        max(case when other.left_key = nearest.left_key and other_right.product <> own_right.product
            or other.right_key = nearest.right_key and other_left.product <> own_left.product then other.weight end) as weight
    from nearest
    inner join products as own_left on own_left.record_key = nearest.left_key
    inner join products as own_right on own_right.record_key = nearest.right_key
    inner join ranked as other
        on other.left_side = nearest.left_side and other.right_side = nearest.right_side
        and (other.left_key = nearest.left_key or other.right_key = nearest.right_key)
    inner join products as other_left on other_left.record_key = other.left_key
    inner join products as other_right on other_right.record_key = other.right_key
    group by nearest.left_key, nearest.right_key
)

select
    nearest.left_key, nearest.right_key, nearest.weight,
    nearest.shares_rare_model or nearest.held >= 0.9
        or coalesce(sisters.weight, 0) <= {{ var('product_sister_share') }} * nearest.weight as is_sure
from nearest
inner join sisters on sisters.left_key = nearest.left_key and sisters.right_key = nearest.right_key
