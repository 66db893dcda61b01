-- One row per payment. What went through Clover has a card transaction; all else was written down at the register.
select
    {{ origin('clover', 'payments', from='payment') }},
    payment.id as source_record_id,
    ---------- what it belongs to
    cast(null as text) as source_parent_id, -- a payment is authorised and captured as one record
    {{ json_text('payment."order"', 'id') }} as source_order_id,
    {{ json_text('sale.customers', 'elements', 0, 'id') }} as source_customer_id,
    cast(null as text) as source_invoice_id, -- an invoice is paid as its order
    cast(null as text) as source_balance_id, -- the acquirer pays out, not Clover
    cast(null as text) as email, -- known through the customer
    ---------- how
    case when {{ json_text('payment."cardTransaction"', 'type') }} is not null then 'clover'
        else lower({{ json_text('payment.tender', 'label') }}) end as gateway,
    coalesce(lower({{ json_text('payment."cardTransaction"', 'cardType') }}), lower({{ json_text('payment.tender', 'label') }})) as method,
    case when payment.result in ('VOIDED', 'VOIDING') then 'void' when payment.result = 'AUTH' then 'auth' else 'sale' end as kind,
    case
        when payment.result in ('SUCCESS', 'AUTH', 'AUTH_COMPLETED') then 'succeeded'
        when payment.result in ('INITIATED', 'PENDING', 'OFFLINE_RETRYING') then 'pending'
        else 'failed'
    end as status,
    coalesce(payment."externalPaymentId", {{ json_text('payment."cardTransaction"', 'referenceId') }}) as gateway_reference,
    ---------- money: what was paid, the tip within it
    {{ money('payment.amount + coalesce(payment."tipAmount", 0)') }} as amount,
    sale.currency,
    cast(null as numeric(38,9)) as fee, -- the acquirer's statement tells it
    cast(null as numeric(38,9)) as net, -- the acquirer's statement tells it
    sale.currency as settlement_currency,
    {{ json_text('payment."cardTransaction"', 'type') }} is not null as is_processor,
    {{ json_text('payment."cardTransaction"', 'type') }} is null as is_offline,
    coalesce(sale."testMode", false) as is_test,
    ---------- when
    {{ clover_moment('payment."createdTime"') }} as processed_at,
    payment._sdc_deleted_at as deleted_at,
    payment._sdc_extracted_at as _loaded_at
from {{ raw('clover', 'payments') }} as payment
left join {{ raw('clover', 'orders') }} as sale
    on sale.id = {{ json_text('payment."order"', 'id') }} and sale._connection_id = payment._connection_id
left join {{ ref('currencies') }} as currency on currency.code = sale.currency
