select
    payouts.payout_key,
    source_relation, platform, connection_id, account_id,
    source_record_id as payout_id,
    destination,
    trace_id,
    status,
    payouts.currency,
    gross, fees, refunds, disputes, adjustments,
    amount as net,
    items_net,
    {{ in_base('amount', 'payouts.currency') }} as net_base,
    {{ base_columns('payouts.currency') }},
    items,
    arrival_date,
    match.bank_transaction_key as bank_transaction_id,
    created_at,
    _loaded_at,
    '{{ invocation_id }}' as run_id
from {{ ref('int_payouts') }} as payouts
left join {{ ref('int_bank_matches') }} as match on match.movement_key = payouts.payout_key and match.entity = 'payouts'
{{ rate_join('payouts.currency', 'payouts.arrives_on') }}
