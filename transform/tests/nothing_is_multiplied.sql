-- Sums and counts of the unified tables equal those of what was staged, in each currency.
with staged as (
    select 'orders' as entity, currency, count(*) as rows, sum(total) as amount
    from {{ ref('int_orders') }} where deleted_at is null group by currency
    union all
    select 'payments', currency, count(*), sum(amount) from {{ ref('int_payments') }} where deleted_at is null group by currency
    union all
    select 'refunds', currency, count(*), sum(amount)
    from ({{ union_members('refunds') }}) as refunds where deleted_at is null group by currency
    union all
    select 'payout_items', currency, count(*), sum(net)
    from ({{ union_members('payout_items') }}) as items where deleted_at is null group by currency
    union all
    select 'campaign_performance_daily', currency, count(*), sum(spend)
    from ({{ union_members('campaign_performance_daily') }}) as days where deleted_at is null group by currency
),

unified as (
    select 'orders' as entity, currency, count(*) as rows, sum(total) as amount from {{ ref('orders') }} group by currency
    union all
    select 'payments', currency, count(*), sum(amount) from {{ ref('payments') }} group by currency
    union all
    select 'refunds', currency, count(*), sum(amount) from {{ ref('refunds') }} group by currency
    union all
    select 'payout_items', currency, count(*), sum(net) from {{ ref('payout_items') }} group by currency
    union all
    select 'campaign_performance_daily', currency, count(*), sum(spend)
    from {{ ref('campaign_performance_daily') }} group by currency
)

select coalesce(staged.entity, unified.entity) as entity, staged.rows as staged_rows, unified.rows as unified_rows
from staged
full outer join unified on unified.entity = staged.entity and coalesce(unified.currency, '') = coalesce(staged.currency, '')
where staged.rows is null or unified.rows is null or staged.rows <> unified.rows
    or coalesce(staged.amount, 0) <> coalesce(unified.amount, 0)
