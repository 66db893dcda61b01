-- In each model the shares of an order are exactly one: nothing is counted twice, nothing gets lost in rounding.
select order_key, model from {{ ref('order_attributions') }} group by order_key, model having sum(share) <> 1
