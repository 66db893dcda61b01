-- What Etsy gave back of a payment, which has an id; and where Etsy took no payment, the refunds that stand in the receipt, by its id
-- and their moment.
-- https://developers.etsy.com/documentation/reference#operation/getShopPaymentByReceiptId
with given_back as (
    select
        'payments' as stream, payment._connection_id, {{ json_text('adjustment.item', 'payment_adjustment_id') }} as record_id,
        payment.receipt_id, payment.payment_id, case when {{ json_text('adjustment.item', 'is_success') }} = 'true' then 'succeeded' else 'failed' end as status,
        {{ money(json_text('adjustment.item', 'total_adjustment_amount')) }} as amount, payment.currency,
        {{ json_text('adjustment.item', 'reason_code') }} as reason, true as is_processor,
        {{ json_text('adjustment.item', 'created_timestamp') }} as created_timestamp, payment._sdc_deleted_at, payment._sdc_extracted_at
    from {{ raw('etsy', 'payments') }} as payment
    left join {{ ref('currencies') }} as currency on currency.code = payment.currency
    {{ json_items('payment.payment_adjustments', 'adjustment') }}

    union all
    select
        'receipts', receipt._connection_id,
        receipt.receipt_id || ':' || {{ json_text('refund.item', 'created_timestamp') }} || ':' || {{ json_text('refund.item', 'amount', 'amount') }},
        receipt.receipt_id, null, 'succeeded', {{ etsy_money(json_at('refund.item', 'amount')) }}, {{ json_text('refund.item', 'amount', 'currency_code') }},
        {{ json_text('refund.item', 'reason') }}, false, {{ json_text('refund.item', 'created_timestamp') }},
        receipt._sdc_deleted_at, receipt._sdc_extracted_at
    from {{ raw('etsy', 'receipts') }} as receipt
    {{ json_items('receipt.refunds', 'refund') }}
    where not exists (
        select 1 from {{ raw('etsy', 'payments') }} as payment
        where payment.receipt_id = receipt.receipt_id and payment._connection_id = receipt._connection_id
    )
)

select
    'etsy.' || stream as source_relation,
    'etsy' as platform,
    _connection_id as connection_id,
    _connection_id as account_id,
    stream as source_object,
    record_id as source_record_id,
    receipt_id as source_order_id,
    cast(null as text) as source_order_line_id, -- Etsy names none
    payment_id as source_payment_id,
    status, -- the receipt's own words for it are not documented
    ---------- money
    amount,
    cast(null as numeric(38,9)) as tax, -- Etsy does not tell
    cast(null as numeric(38,9)) as shipping, -- Etsy does not tell
    currency,
    reason,
    is_processor,
    ---------- when
    {{ from_epoch('cast(created_timestamp as bigint)') }} as processed_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from given_back
