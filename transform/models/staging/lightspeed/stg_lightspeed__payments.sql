-- What was taken; negative payments are what refunds gave back. An archived payment is as good as voided.
with fees as (
    select _connection_id, "salePaymentID" as payment_id, sum(amount) as amount, max(processor) as processor
    from {{ raw('lightspeed', 'processing_fees') }} as processing_fees
    group by _connection_id, "salePaymentID"
)

select
    {{ origin('lightspeed', 'sale_payments', from='payment') }},
    payment."salePaymentID" as source_record_id,
    ---------- what it belongs to
    cast(null as text) as source_parent_id, -- a payment is authorised and captured as one record
    payment."saleID" as source_order_id,
    nullif(sale."customerID", '0') as source_customer_id,
    cast(null as text) as source_invoice_id, -- Lightspeed has none
    cast(null as text) as source_balance_id, -- payouts are not in the API
    cast(null as text) as email, -- known through the customer
    ---------- how
    coalesce(lower(fees.processor), lower(means.type), lower(means.name)) as gateway,
    coalesce(lower(nullif(charge."cardType", '')), lower(means.name)) as method,
    case when payment.archived then 'void' when charge."authOnly" then 'auth' else 'sale' end as kind,
    case when payment.archived or charge.declined then 'failed' when sale.completed then 'succeeded' else 'pending' end as status,
    coalesce(nullif(payment."paymentID", ''), nullif(charge."gatewayTransID", '')) as gateway_reference,
    ---------- money: what was paid, the tip within it
    {{ amount('payment.amount + coalesce(payment."tipAmount", 0)') }} as amount,
    account.currency,
    {{ amount('fees.amount') }} as fee,
    {{ amount('payment.amount + coalesce(payment."tipAmount", 0) - fees.amount') }} as net,
    account.currency as settlement_currency,
    fees.payment_id is not null or payment."ccChargeID" <> '0' as is_processor,
    fees.payment_id is null and payment."ccChargeID" = '0' as is_offline,
    false as is_test, -- Lightspeed has no test sales
    ---------- when
    payment."createTime" as processed_at,
    payment._sdc_deleted_at as deleted_at,
    payment._sdc_extracted_at as _loaded_at
from {{ raw('lightspeed', 'sale_payments') }} as payment
left join fees on fees.payment_id = payment."salePaymentID" and fees._connection_id = payment._connection_id
left join {{ raw('lightspeed', 'sales') }} as sale
    on sale."saleID" = payment."saleID" and sale._connection_id = payment._connection_id
left join {{ raw('lightspeed', 'payment_types') }} as means
    on means."paymentTypeID" = payment."paymentTypeID" and means._connection_id = payment._connection_id
left join {{ raw('lightspeed', 'cc_charges') }} as charge
    on charge."ccChargeID" = payment."ccChargeID" and charge._connection_id = payment._connection_id
left join ({{ lightspeed_currency() }}) as account on account._connection_id = payment._connection_id
where payment.amount >= 0
