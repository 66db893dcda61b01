-- What the shop wrote down about a refund that the processor made: the same order, amount and currency, first to first.
with placed as (
    select *,
        row_number() over (
            partition by order_key, is_processor, currency, amount, status order by processed_at, refund_key
        ) as place
    from {{ ref('int_refunds') }}
    where not is_booking
)

select shop.refund_key, processor.refund_key as mirrors_refund_key
from placed as shop
inner join placed as processor
    on not shop.is_processor and processor.is_processor
    and processor.order_key = shop.order_key and processor.currency = shop.currency and processor.amount = shop.amount
    and processor.status = shop.status and processor.place = shop.place
