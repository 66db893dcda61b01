-- Money given back; a credit note by itself lowers what is owed and moves none.
with {{ xero_given_back() }}

select
    {{ origin('xero', 'payments') }},
    'payments/' || "PaymentID" as source_record_id,
    invoice_id as source_order_id,
    cast(null as text) as source_order_line_id, -- Xero names none
    received_as as source_payment_id,
    'succeeded' as status, -- what is booked was given back
    ---------- money
    {{ amount('"Amount"') }} as amount,
    cast(null as numeric(38,9)) as tax, -- stands in the credit note
    cast(null as numeric(38,9)) as shipping, -- a line like any other
    currency,
    "Reference" as reason,
    false as is_processor,
    ---------- when
    cast("Date" as timestamp with time zone) as processed_at,
    deleted_at,
    _sdc_extracted_at as _loaded_at
from given_back
