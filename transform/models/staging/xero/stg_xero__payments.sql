-- Money received: payments of sales invoices, and what came before an invoice or beyond it (prepayments and overpayments), a row
-- for each invoice that took of it and one for the rest. A payment's account names how it came: the bank, or a processor's balance.
-- https://developer.xero.com/documentation/api/accounting/payments
with {{ xero_received_ahead() }},

received as (
    select
        'payments' as stream, 'payments/' || payment."PaymentID" as record_id, cast(null as text) as parent_id,
        payment._connection_id as connection_id, {{ json_text('payment."Invoice"', 'InvoiceID') }} as order_id,
        {{ json_text('payment."Invoice"', 'Contact', 'ContactID') }} as contact_id, {{ json_text('payment."Account"', 'AccountID') }} as account_id,
        payment."Reference" as reference, {{ amount('payment."Amount"') }} as amount,
        coalesce({{ json_text('payment."Invoice"', 'CurrencyCode') }}, invoice."CurrencyCode") as currency, payment."Date" as booked_on,
        case when payment."Status" = 'DELETED' then coalesce(payment._sdc_deleted_at, payment."UpdatedDateUTC", payment._sdc_extracted_at)
            else payment._sdc_deleted_at end as deleted_at,
        payment._sdc_extracted_at as _loaded_at
    from {{ raw('xero', 'payments') }} as payment
    left join {{ raw('xero', 'invoices') }} as invoice
        on invoice."InvoiceID" = {{ json_text('payment."Invoice"', 'InvoiceID') }} and invoice._connection_id = payment._connection_id
    where payment."PaymentType" = 'ACCRECPAYMENT'
    union all
    select
        ahead.stream, ahead.booking_id || coalesce(':' || ahead_parts.order_id, ''), ahead.booking_id, ahead.connection_id,
        ahead_parts.order_id, ahead.contact_id, null, ahead.reference, ahead_parts.amount, ahead.currency, ahead.booked_on,
        ahead.deleted_at, ahead._loaded_at
    from ahead_parts
    inner join ahead on ahead.booking_id = ahead_parts.booking_id and ahead.connection_id = ahead_parts.connection_id
)

select
    'xero.' || received.stream as source_relation,
    'xero' as platform,
    received.connection_id,
    received.connection_id as account_id,
    received.stream as source_object,
    received.record_id as source_record_id,
    ---------- what it belongs to
    received.parent_id as source_parent_id,
    received.order_id as source_order_id,
    received.contact_id as source_customer_id,
    cast(null as text) as source_invoice_id, -- an invoice is the order itself
    received.account_id as source_balance_id,
    cast(null as text) as email, -- stands in the contact
    ---------- how
    coalesce(account."Name", 'xero') as gateway,
    cast(null as text) as method, -- Xero does not ask how the money came
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
    cast(null as boolean) as is_offline, -- Xero does not say
    false as is_test, -- a demo company is a connection of its own
    ---------- when
    cast(received.booked_on as timestamp with time zone) as processed_at,
    received.deleted_at,
    received._loaded_at
from received
left join {{ raw('xero', 'accounts') }} as account
    on account."AccountID" = received.account_id and account._connection_id = received.connection_id
