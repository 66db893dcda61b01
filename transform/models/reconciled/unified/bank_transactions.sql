select
    bank.bank_transaction_key,
    bank.source_relation, bank.platform, bank.connection_id, bank.account_id,
    bank.source_record_id as bank_transaction_id,
    bank.bank_account,
    bank.direction,
    bank.booked_on,
    bank.amount,
    bank.currency,
    {{ in_base('bank.amount', 'bank.currency') }} as amount_base,
    {{ base_columns('bank.currency') }},
    bank.counterparty,
    bank.memo,
    bank.reference,
    coalesce(match.entity, case when sent.movement_key is not null then 'bank_transactions' end) as matched_entity,
    coalesce(match.movement_key, sent.bank_transaction_key) as matched_key,
    coalesce(match.weight, sent.weight) as match_weight,
    bank._loaded_at,
    '{{ invocation_id }}' as run_id
from {{ ref('int_bank_transactions') }} as bank
left join {{ ref('int_bank_matches') }} as match on match.bank_transaction_key = bank.bank_transaction_key
left join {{ ref('int_bank_matches') }} as sent on sent.movement_key = bank.bank_transaction_key
{{ rate_join('bank.currency', 'bank.booked_on') }}
where bank.deleted_at is null
