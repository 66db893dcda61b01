-- A refund that reached the shopper; its booking names the payment, and its own reference where the report has that column.
select
    {{ origin('adyen', 'payments_accounting', account='merchant_account') }},
    coalesce(modification_psp_reference, psp_reference || ':' || cast({{ to_epoch('booking_date') }} as bigint) || ':' || row_number() over (
        partition by _connection_id, merchant_account, psp_reference, booking_date order by main_amount, modification_merchant_reference
    )) as source_record_id,
    cast(null as text) as source_order_id, -- known through the payment
    cast(null as text) as source_order_line_id, -- Adyen refunds money, not goods
    psp_reference as source_payment_id,
    'succeeded' as status,
    ---------- money
    {{ amount('abs(main_amount)') }} as amount,
    cast(null as numeric(38,9)) as tax, -- Adyen does not tell
    cast(null as numeric(38,9)) as shipping, -- Adyen does not tell
    coalesce(main_currency, payment_currency) as currency,
    modification_merchant_reference as reason,
    true as is_processor,
    ---------- when
    {{ adyen_booked_at('booking_date', 'time_zone') }} as processed_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('adyen', 'payments_accounting') }} as payments_accounting
where record_type in ('Refunded', 'RefundedExternally') and _sdc_deleted_at is null
