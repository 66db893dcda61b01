-- Refund receipts: money given back. A credit memo lowers what is owed and moves none.
-- https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/refundreceipt
select
    {{ origin('quickbooks', 'refund_receipts') }},
    'refund_receipts/' || "Id" as source_record_id,
    cast(null as text) as source_order_id, -- QuickBooks names none
    cast(null as text) as source_order_line_id, -- QuickBooks names none
    cast(null as text) as source_payment_id, -- QuickBooks names none
    'succeeded' as status, -- what is booked was given back
    ---------- money
    {{ amount('"TotalAmt"') }} as amount,
    {{ amount(json_text('"TxnTaxDetail"', 'TotalTax')) }} as tax,
    cast(null as numeric(38,9)) as shipping, -- a line like any other
    {{ json_text('"CurrencyRef"', 'value') }} as currency,
    coalesce({{ json_text('"CustomerMemo"', 'value') }}, "PrivateNote") as reason,
    false as is_processor,
    ---------- when
    cast("TxnDate" as timestamp with time zone) as processed_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('quickbooks', 'refund_receipts') }} as refund_receipts
where "TotalAmt" <> 0
