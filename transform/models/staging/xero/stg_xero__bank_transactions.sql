-- Money received into and spent from bank accounts; transfers between own accounts and prepayments have types of their own.
-- https://developer.xero.com/documentation/api/accounting/types#bank-transaction-types
select
    {{ origin('xero', 'bank_transactions') }},
    "BankTransactionID" as source_record_id,
    {{ json_text('"BankAccount"', 'AccountID') }} as bank_account,
    case when "Type" like 'RECEIVE%' then 'in' else 'out' end as direction,
    "Date" as booked_on,
    "Total" as amount,
    "CurrencyCode" as currency,
    {{ json_text('"Contact"', 'Name') }} as counterparty,
    "Reference" as memo,
    "Reference" as reference,
    case when "Status" = 'DELETED' then coalesce(_sdc_deleted_at, "UpdatedDateUTC", _sdc_extracted_at) else _sdc_deleted_at end as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('xero', 'bank_transactions') }} as bank_transactions
