-- An order's touches: visits of its own, and visits of its customer in the window before it.
{{ config(meta={'tells': ['order_key']}) }}
with orders as (
    select order_key, customer_key, placed_at from {{ ref('int_orders') }} as orders
    where deleted_at is null and not coalesce(is_test, false)
        and not exists (select 1 from {{ ref('int_order_mirrors') }} as mirror where mirror.order_key = orders.order_key)
),

touched as (
    select orders.order_key, touch.campaign_key, touch.touched_at, touch.touch_key, touch.rule
    from orders
    inner join {{ ref('int_touches') }} as touch on touch.order_key = orders.order_key
    where {{ hours_between('touch.touched_at', 'orders.placed_at') }} <= 24.0 * {{ var('attribution_days') }}
    union
    select orders.order_key, touch.campaign_key, touch.touched_at, touch.touch_key, touch.rule
    from orders
    inner join {{ ref('int_touches') }} as touch
        on touch.customer_key = orders.customer_key and touch.touched_at <= orders.placed_at
    where {{ hours_between('touch.touched_at', 'orders.placed_at') }} <= 24.0 * {{ var('attribution_days') }}
),

-- The first and the last visit a platform tells may be one and the same.
visits as (
    select order_key, campaign_key, touched_at, min(touch_key) as touch_key, min(rule) as rule
    from touched group by order_key, campaign_key, touched_at
),

placed as (
    select
        *,
        row_number() over (partition by order_key order by touched_at, touch_key) as place,
        count(*) over (partition by order_key) as touches
    from visits
),

-- The last touch gets what rounding leaves, so that the shares of an order are one.
shares as (
    select order_key, campaign_key, touched_at, rule, 'first_touch' as model, {{ amount('1') }} as share from placed where place = 1
    union all
    select order_key, campaign_key, touched_at, rule, 'last_touch', {{ amount('1') }} from placed where place = touches
    union all
    select
        order_key, campaign_key, touched_at, rule, 'linear',
        case when place < touches then {{ amount('1.0 / touches') }} else 1 - (touches - 1) * {{ amount('1.0 / touches') }} end
    from placed
)

select
    {{ key_of(['order_key', 'campaign_key', 'model']) }} as attribution_id,
    order_key,
    campaign_key,
    model,
    {{ amount('sum(share)') }} as share,
    count(*) as touches,
    min(touched_at) as first_touched_at,
    max(touched_at) as last_touched_at,
    min(rule) as rule,
    {{ var('attribution_days') }} as window_days,
    '{{ invocation_id }}' as run_id
from shares
group by order_key, campaign_key, model
