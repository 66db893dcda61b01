-- Money received: payments, a row for each invoice that one pays and for what it does not pay yet, sales receipts, and deposits
-- against invoices. Lines of payments name invoices, and the credits that were applied with the money.
-- https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/payment
with source as (select * from {{ raw('quickbooks', 'payments') }} as payments),

bookings as (
    select _connection_id as connection_id, "Id" as booking_id, {{ amount('"TotalAmt"') }} as total from source
),

applied as (
    select
        source._connection_id as connection_id, source."Id" as booking_id, {{ json_text('linked.item', 'TxnId') }} as order_id,
        {{ amount(json_text('line.item', 'Amount')) }} as amount
    from source
    {{ json_items('source."Line"', 'line') }}
    {{ json_items(json_at('line.item', 'LinkedTxn'), 'linked') }}
    where {{ json_text('linked.item', 'TxnType') }} = 'Invoice'
),

{{ applied_parts('parts', 'bookings', 'applied') }},

received as (
    select
        'payments' as stream, 'payments/' || source."Id" || coalesce(':' || parts.order_id, '') as record_id,
        'payments/' || source."Id" as parent_id, 'invoices/' || parts.order_id as order_id, parts.amount, {{ quickbooks_receipt('source') }}
    from parts
    inner join source on source."Id" = parts.booking_id and source._connection_id = parts.connection_id
    union all
    select
        'sales_receipts', 'sales_receipts/' || "Id", null, 'sales_receipts/' || "Id", {{ amount('"TotalAmt"') }}, {{ quickbooks_receipt('receipts') }}
    from {{ raw('quickbooks', 'sales_receipts') }} as receipts
    where "TotalAmt" <> 0
    union all
    select
        'invoices', 'invoices/' || "Id" || ':deposit', 'invoices/' || "Id", 'invoices/' || "Id", {{ amount('"Deposit"') }}, {{ quickbooks_receipt('invoices') }}
    from {{ raw('quickbooks', 'invoices') }} as invoices
    where "Deposit" > 0
)

select
    'quickbooks.' || received.stream as source_relation,
    'quickbooks' as platform,
    received._connection_id as connection_id,
    received._connection_id as account_id,
    received.stream as source_object,
    received.record_id as source_record_id,
    ---------- what it belongs to
    received.parent_id as source_parent_id,
    received.order_id as source_order_id,
    received.customer_id as source_customer_id,
    cast(null as text) as source_invoice_id, -- an invoice is the order itself
    received.deposit_account as source_balance_id,
    cast(null as text) as email, -- stands in the customer
    ---------- how
    coalesce(method."Name", received.method_name, received.payment_type, 'quickbooks') as gateway,
    coalesce(method."Name", received.method_name, received.payment_type) as method,
    'sale' as kind,
    'succeeded' as status, -- what is booked was received
    received.reference as gateway_reference,
    ---------- money
    received.amount,
    received.currency,
    cast(null as numeric(38,9)) as fee, -- an expense of its own
    cast(null as numeric(38,9)) as net, -- an expense of its own
    received.currency as settlement_currency,
    false as is_processor,
    case
        when received.payment_type in ('Cash', 'Check') then true
        when received.payment_type = 'CreditCard' or method."Type" = 'CREDIT_CARD' then false
    end as is_offline, -- else the books do not say
    false as is_test, -- a sandbox company is a connection of its own
    ---------- when
    cast(received.booked_on as timestamp with time zone) as processed_at,
    received.deleted_at,
    received._loaded_at
from received
left join {{ raw('quickbooks', 'payment_methods') }} as method
    on method."Id" = received.method_id and method._connection_id = received._connection_id
