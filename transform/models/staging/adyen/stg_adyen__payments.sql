-- One row per payment, from its bookings: received, authorised, sent for settlement, settled.
with bookings as (
    select *, {{ adyen_booked_at('booking_date', 'time_zone') }} as booked_at
    from {{ raw('adyen', 'payments_accounting') }} as payments_accounting
    where psp_reference is not null and _sdc_deleted_at is null
        and record_type in ('Received', 'Authorised', 'SentForSettle', 'Settled', 'SettledExternally', 'Refused', 'Error', 'Cancelled', 'Expired')
),

payments as (
    select
        _connection_id, merchant_account, psp_reference,
        max(merchant_reference) as merchant_reference,
        max(shopper_reference) as shopper_reference,
        max(shopper_email) as email,
        max(coalesce(payment_method_variant, payment_method)) as method,
        max(coalesce(main_currency, payment_currency)) as currency,
        max(case when record_type in ('Settled', 'SettledExternally') then settlement_currency end) as settlement_currency,
        sum(case when record_type = 'SentForSettle' then captured_pc end) as captured,
        max(case when record_type = 'Authorised' then authorised_pc end) as authorised,
        max(main_amount) as asked,
        sum(case when record_type in ('Settled', 'SettledExternally') then payable_sc end) as net,
        sum(case when record_type in ('Settled', 'SettledExternally')
            then coalesce(commission_sc, 0) + coalesce(markup_sc, 0) + coalesce(scheme_fees_sc, 0) + coalesce(interchange_sc, 0) end) as fee,
        bool_or(record_type in ('SentForSettle', 'Settled', 'SettledExternally')) as is_captured,
        bool_or(record_type = 'Authorised') as is_authorised,
        bool_or(record_type in ('Refused', 'Error', 'Cancelled', 'Expired')) as is_ended,
        min(booked_at) as booked_at,
        max(_sdc_extracted_at) as extracted_at
    from bookings
    group by _connection_id, merchant_account, psp_reference
)

select
    {{ origin('adyen', 'payments_accounting', account='merchant_account') }},
    psp_reference as source_record_id,
    ---------- what it belongs to
    cast(null as text) as source_parent_id, -- captures carry the reference of their payment
    cast(null as text) as source_order_id, -- Adyen knows no orders of its own
    shopper_reference as source_customer_id,
    cast(null as text) as source_invoice_id, -- Adyen has none
    cast(null as text) as source_balance_id, -- bookings have no id
    email,
    ---------- how
    'adyen' as gateway,
    method,
    case when is_captured then 'sale' when is_authorised and is_ended then 'void' when is_authorised then 'auth' else 'sale' end as kind,
    case when is_captured then 'succeeded' when is_ended then 'failed' when is_authorised then 'succeeded' else 'pending' end as status,
    merchant_reference as gateway_reference,
    ---------- money: what was captured, or what was asked for where nothing was
    {{ amount('coalesce(captured, authorised, asked)') }} as amount,
    currency,
    {{ amount('coalesce(fee, 0)') }} as fee, -- without the processing fee, which Adyen charges apart
    {{ amount('net') }} as net,
    settlement_currency,
    true as is_processor,
    false as is_offline,
    false as is_test, -- the test environment is a connection of its own
    ---------- when
    booked_at as processed_at,
    cast(null as timestamp with time zone) as deleted_at,
    extracted_at as _loaded_at
from payments
