-- Orders that only repeat another platform's: a marketplace's order in the shop, a shop's in the books. The platform that stands
-- nearest to the sale keeps it; of two alike the earlier one. Each repeating platform's orders go with the others' one to one, so that
-- the books and the CRM may both repeat an order; where one repeats what itself repeats, `original_order_key` is the order at the end.
{{ config(meta={'tells': ['order_key']}) }}
with orders as {{ once() }} (
    select
        order_key, platform, connection_id, source_record_id, order_number, customer_key, email_norm, placed_at,
        coalesce(presentment_total, total) as total, coalesce(presentment_currency, currency) as currency,
        total as own_total, currency as own_currency,
        {{ standing('platform') }} as standing
    from {{ ref('int_orders') }}
    where deleted_at is null and not coalesce(is_test, false) and placed_at is not null
),

names as {{ once() }} (
    select order_key, {{ order_name('order_number') }} as name from orders
    union
    select order_key, {{ order_name("regexp_replace(source_record_id, '^.*/', '')") }} from orders
    union
    select orders.order_key, {{ order_name('given.value') }}
    from ({{ union_members('order_references') }}) as given
    inner join orders
        on orders.platform = given.platform and orders.connection_id = given.connection_id
        and orders.source_record_id = given.source_record_id
    where given.deleted_at is null
),

-- A number that many orders bear (1, 1001 of every shop) still needs the same amount; one that very many bear says nothing.
telling as (
    select name from names where length(name) >= 3 group by name having count(*) between 2 and {{ var('shared_identifier_records') }}
),

pairs as (
    select one.order_key as left_key, other.order_key as right_key, 'number' as rule
    from telling
    inner join names as one on one.name = telling.name
    inner join names as other on other.name = telling.name and other.order_key <> one.order_key
    -- Two shops may well sell for the same amount on a day; the books do not buy, nor does the CRM.
    {%- for person in ['customer_key', 'email_norm'] %}
    union
    select one.order_key, other.order_key, 'amount_time_person'
    from orders as one
    inner join orders as other on other.{{ person }} = one.{{ person }} and other.currency = one.currency and other.total = one.total
    where one.standing >= 4 and other.standing < one.standing
    {%- endfor %}
),

weighed as {{ once() }} (
    select
        mirror.order_key as left_key, original.order_key || '|' || mirror.platform || '|' || mirror.connection_id as right_key,
        original.order_key as original_key, pairs.rule,
        case pairs.rule when 'number' then 1000 else 0 end + case when mirror.total = original.total then 1000 else 0 end
            - abs({{ hours_between('original.placed_at', 'mirror.placed_at') }}) as weight
    from pairs
    inner join orders as mirror on mirror.order_key = pairs.left_key
    inner join orders as original on original.order_key = pairs.right_key
    where (mirror.platform <> original.platform)
        and (original.standing < mirror.standing
            or original.standing = mirror.standing and (original.placed_at < mirror.placed_at
                or original.placed_at = mirror.placed_at and original.order_key < mirror.order_key))
        and (abs(mirror.total - original.total) <= {{ var('reconciliation_tolerance') }} and mirror.currency = original.currency
            or abs(mirror.own_total - original.own_total) <= {{ var('reconciliation_tolerance') }} and mirror.own_currency = original.own_currency
            -- Who ships sells nothing: its orders are copies, and some bear no currency.
            or mirror.standing = 6 and pairs.rule = 'number')
        and mirror.total > 0
        and abs({{ hours_between('original.placed_at', 'mirror.placed_at') }})
            <= case when pairs.rule = 'number' or original.standing = 4 then 24 * 31 else 24 * 3 end -- a deal is billed later
),

{{ one_to_one('paired', 'weighed') }},

found as {{ once() }} (
    select paired.left_key as order_key, min(weighed.original_key) as mirrors_order_key, min(weighed.rule) as rule
    from paired
    inner join weighed
        on weighed.left_key = paired.left_key and weighed.right_key = paired.right_key and weighed.weight = paired.weight
    group by paired.left_key, paired.right_key
)

select
    found.order_key, found.mirrors_order_key, found.rule,
    coalesce(fourth.mirrors_order_key, third.mirrors_order_key, second.mirrors_order_key, found.mirrors_order_key) as original_order_key
from found
left join found as second on second.order_key = found.mirrors_order_key
left join found as third on third.order_key = second.mirrors_order_key
left join found as fourth on fourth.order_key = third.mirrors_order_key
