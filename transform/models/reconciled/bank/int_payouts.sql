-- Payouts with the sums of their items, each of which stands in one payout.
with payouts as (
    select members.*, {{ record_key() }} as payout_key
    from ({{ union_members('payouts') }}) as members where deleted_at is null
),

items as (
    select
        payout_key,
        count(*) as items,
        sum(case when payment_key is not null or category = 'charge' then gross else 0 end) as gross,
        sum(fee) as fees,
        sum(case when refund_key is not null or category = 'refund' then gross else 0 end) as refunds,
        sum(case when category like 'dispute%' then gross else 0 end) as disputes,
        sum(gross) as total,
        sum(net) as net
    from {{ ref('payout_items') }}
    group by payout_key
)

select
    payouts.*,
    coalesce(items.gross, 0) as gross,
    coalesce(items.fees, 0) as fees,
    coalesce(items.refunds, 0) as refunds,
    coalesce(items.disputes, 0) as disputes,
    coalesce(items.total - items.gross - items.refunds - items.disputes, 0) as adjustments,
    items.net as items_net,
    coalesce(items.items, 0) as items,
    coalesce(payouts.arrival_date, {{ utc_date('payouts.created_at') }}) as arrives_on
from payouts
left join items on items.payout_key = payouts.payout_key
