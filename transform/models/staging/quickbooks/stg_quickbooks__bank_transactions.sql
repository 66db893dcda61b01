-- Deposits to bank accounts.
-- https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/deposit
select
    {{ origin('quickbooks', 'deposits') }},
    "Id" as source_record_id,
    {{ json_text('"DepositToAccountRef"', 'value') }} as bank_account,
    'in' as direction,
    "TxnDate" as booked_on,
    "TotalAmt" as amount,
    {{ json_text('"CurrencyRef"', 'value') }} as currency,
    {{ json_text('"Line"', 0, 'DepositLineDetail', 'Entity', 'name') }} as counterparty,
    "PrivateNote" as memo,
    "DocNumber" as reference,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('quickbooks', 'deposits') }} as deposits
