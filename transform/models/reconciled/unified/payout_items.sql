{{ config(meta={'key': 'payout_item_key', 'tells': ['payout_key']}) }}
{% set items %}select {{ payout_item_key() }} from ({{ union_members('payout_items') }}) as members{% endset %}
{{ touched([
    told_members('payout_items', 'item'),
    items ~ ' where ' ~ named_record('source_payment_id') ~ ' in ' ~ told('payments', 'record'),
    items ~ ' where ' ~ named_record('source_refund_id') ~ ' in ' ~ told('refunds', 'record'),
    items ~ ' where ' ~ on_day('currency', utc_date('occurred_at')) ~ ' in ' ~ told('exchange_rates', 'day'),
]) }}
select
    {{ payout_item_key('item') }} as payout_item_key,
    item.source_relation, item.platform, item.connection_id, item.account_id,
    item.source_record_id as balance_transaction_id,
    {{ key_of(['item.platform', 'item.connection_id', "'payouts'", 'item.source_payout_id']) }} as payout_key,
    payment.payment_key,
    refund.refund_key,
    item.category,
    item.gross,
    item.fee,
    item.net,
    item.currency,
    {{ in_base('item.net', 'item.currency') }} as net_base,
    {{ base_columns('item.currency') }},
    item.occurred_at,
    item._loaded_at,
    '{{ invocation_id }}' as run_id
from (select * from ({{ union_members('payout_items') }}) as members where {{ only(payout_item_key()) }}) as item
left join {{ ref('payments') }} as payment
    on payment.platform = item.platform
    and payment.connection_id = item.connection_id
    and payment.payment_id = item.source_payment_id
left join {{ ref('refunds') }} as refund
    on refund.platform = item.platform
    and refund.connection_id = item.connection_id
    and refund.refund_id = item.source_refund_id
{{ rate_join('item.currency', utc_date('item.occurred_at')) }}
where item.deleted_at is null
