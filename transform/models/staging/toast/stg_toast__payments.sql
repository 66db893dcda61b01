-- One row per payment of a check. Toast processes the cards itself; all else it only writes down.
select
    {{ origin('toast', 'payments', from='payment') }},
    payment.guid as source_record_id,
    ---------- what it belongs to
    cast(null as text) as source_parent_id, -- a payment is authorised and captured as one record
    payment.order_guid as source_order_id,
    guest.guid as source_customer_id,
    cast(null as text) as source_invoice_id, -- Toast has none
    cast(null as text) as source_balance_id, -- payouts are in the analytics API alone
    guest.email,
    ---------- how
    case when payment.type = 'CREDIT' then 'toast' else lower(payment.type) end as gateway,
    coalesce(lower(payment."cardType"), lower(payment.type)) as method,
    case
        when not {{ toast_payment_stands('payment') }} then 'void'
        when payment."paymentStatus" in ('OPEN', 'AUTHORIZED') then 'auth'
        else 'sale'
    end as kind,
    case
        when not {{ toast_payment_stands('payment') }} then 'failed'
        when payment."paymentStatus" in ('OPEN', 'PROCESSING') then 'pending'
        else 'succeeded'
    end as status,
    payment."externalId" as gateway_reference,
    ---------- money: what was paid, the tip within it
    {{ amount('payment.amount + payment."tipAmount"') }} as amount,
    restaurant."currencyCode" as currency,
    {{ amount('payment."originalProcessingFee"') }} as fee,
    {{ amount('payment.amount + payment."tipAmount" - payment."originalProcessingFee"') }} as net,
    restaurant."currencyCode" as settlement_currency,
    payment.type = 'CREDIT' as is_processor,
    payment.type in ('CASH', 'GIFTCARD', 'HOUSE_ACCOUNT', 'REWARDCARD', 'TOAST_SV', 'OTHER') as is_offline,
    coalesce(sale."createdInTestMode", false) as is_test,
    ---------- when
    payment."paidDate" as processed_at,
    payment._sdc_deleted_at as deleted_at,
    payment._sdc_extracted_at as _loaded_at
from {{ raw('toast', 'payments') }} as payment
left join {{ raw('toast', 'orders') }} as sale
    on sale.guid = payment.order_guid and sale._connection_id = payment._connection_id
left join {{ raw('toast', 'check_customers') }} as guest
    on guest.check_guid = payment.check_guid and guest._connection_id = payment._connection_id
left join {{ raw('toast', 'restaurants') }} as restaurant
    on restaurant.guid = payment.restaurant_guid and restaurant._connection_id = payment._connection_id
