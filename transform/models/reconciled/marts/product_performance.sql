-- What each product sold, over all platforms, from the lines of orders that were neither tests nor cancelled.
with sold as (
    select
        line.product_key, line.order_key, line.platform, line.quantity, line.refunded_quantity, line.line_total_base, orders.placed_at,
        case when product.currency = line.currency then product.cost * line.quantity * line.fx_rate end as cost_base
    from {{ ref('order_lines') }} as line
    inner join {{ ref('orders') }} as orders on orders.order_key = line.order_key
    left join {{ ref('products') }} as product on product.variant_key = line.variant_key
    where orders.is_counted and line.product_key is not null
),

places as (
    select product_key, {{ listed('platform') }} as platforms from (select distinct product_key, platform from sold) as seen group by product_key
),

named as (
    select product_key, min(title) as title, min(brand) as brand, min(category) as category, count(*) as variants
    from {{ ref('products') }} group by product_key
)

select
    sold.product_key,
    max(named.title) as title,
    max(named.brand) as brand,
    max(named.category) as category,
    max(named.variants) as variants,
    max(places.platforms) as platforms,
    count(distinct sold.order_key) as orders,
    sum(sold.quantity) as quantity,
    sum(coalesce(sold.refunded_quantity, 0)) as refunded_quantity,
    {{ amount('sum(sold.line_total_base)') }} as revenue_base,
    {{ amount('sum(sold.cost_base)') }} as cost_base,
    {{ amount('sum(case when sold.cost_base is not null then sold.line_total_base - sold.cost_base end)') }} as margin_base,
    min(sold.placed_at) as first_sold_at,
    max(sold.placed_at) as last_sold_at
from sold
left join named on named.product_key = sold.product_key
left join places on places.product_key = sold.product_key
group by sold.product_key
