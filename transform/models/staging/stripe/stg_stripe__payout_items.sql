-- The balance transactions that a payout is made of; the payout's own transaction is not one of them.
{% set items %}(select * from {{ raw('stripe', 'payout_balance_transactions') }} as items where type <> 'payout'){% endset %}
with item as ({{ each_row(items) }})

select
    {{ origin('stripe', 'payout_balance_transactions', from='item') }},
    item.id as source_record_id,
    item.payout as source_payout_id,
    case when item.type in ('charge', 'payment') then item.source end as source_payment_id,
    case when item.type in ('refund', 'payment_refund') then item.source end as source_refund_id,
    coalesce(item.reporting_category, item.type) as category,
    ---------- money
    {{ stripe_money('item.amount') }} as gross,
    {{ stripe_money('item.fee') }} as fee,
    {{ stripe_money('item.net') }} as net,
    upper(item.currency) as currency,
    ---------- when
    {{ from_epoch('item.created') }} as occurred_at,
    item._sdc_deleted_at as deleted_at,
    item._sdc_extracted_at as _loaded_at,
    item._row_hash
from item
left join {{ ref('currencies') }} as currency on currency.code = upper(item.currency)
