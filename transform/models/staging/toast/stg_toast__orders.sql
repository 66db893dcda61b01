-- An order's money is its checks'; what is written down as wasted food is no sale.
with checks as (
    select
        _connection_id, order_guid,
        sum(amount) as amount, sum("taxAmount") as tax, sum("totalAmount") as total,
        bool_and("paymentStatus" = 'CLOSED') as is_closed,
        bool_and("paymentStatus" in ('PAID', 'CLOSED')) as is_paid
    from {{ raw('toast', 'checks') }} as checks
    where not coalesce(voided, false) and not coalesce(deleted, false)
    group by _connection_id, order_guid
),

charges as (
    select
        _connection_id, order_guid, sum("chargeAmount") as amount,
        sum(case when delivery then "chargeAmount" else 0 end) as delivery
    from {{ raw('toast', 'check_service_charges') }} as check_service_charges
    group by _connection_id, order_guid
),

discounts as (
    select _connection_id, order_guid, sum("discountAmount") as amount
    from (
        select _connection_id, order_guid, "discountAmount" from {{ raw('toast', 'check_discounts') }} as check_discounts
        union all
        select _connection_id, order_guid, "discountAmount" from {{ raw('toast', 'selection_discounts') }} as selection_discounts
    ) as applied
    group by _connection_id, order_guid
),

payments as (
    select
        _connection_id, order_guid, sum("tipAmount") as tip, sum(amount + "tipAmount") as paid,
        sum(coalesce({{ amount(json_text('refund', 'refundAmount')) }}, 0)
            + coalesce({{ amount(json_text('refund', 'tipRefundAmount')) }}, 0)) as refunded
    from {{ raw('toast', 'payments') }} as payments
    where {{ toast_payment_stands() }}
    group by _connection_id, order_guid
),

guests as (
    select
        _connection_id, order_guid, guid, email, phone, "phoneCountryCode" as country,
        row_number() over (
            partition by _connection_id, order_guid order by case when email is null then 1 else 0 end, check_guid
        ) as nth
    from {{ raw('toast', 'check_customers') }} as check_customers
)

select
    {{ origin('toast', 'orders', from='source') }},
    source.guid as source_record_id,
    source."displayNumber" as order_number, -- counts from one each day
    ---------- who
    guests.guid as source_customer_id,
    guests.email,
    case when guests.country <> '' then '+' || guests.country || guests.phone else guests.phone end as phone,
    source.source as channel,
    coalesce(source."createdInTestMode", false) as is_test,
    ---------- state
    source."openedDate" as placed_at,
    case when source.voided then source."voidDate" end as cancelled_at,
    case when source.voided then 'cancelled' when checks.is_closed then 'closed' else 'open' end as status,
    case
        when payments.refunded >= payments.paid and payments.refunded > 0 then 'refunded'
        when payments.refunded > 0 then 'partially_refunded'
        when source.voided then 'voided'
        when checks.is_paid then 'paid'
        else 'pending'
    end as financial_status,
    lower({{ json_text('source."deliveryInfo"', 'deliveryState') }}) as fulfilment_status,
    ---------- money
    restaurant."currencyCode" as currency,
    {{ amount('checks.amount - coalesce(charges.amount, 0)') }} as subtotal,
    {{ amount('coalesce(discounts.amount, 0)') }} as discount,
    {{ amount('coalesce(charges.delivery, 0)') }} as shipping,
    {{ amount('checks.tax') }} as tax,
    {{ amount('coalesce(payments.tip, 0)') }} as tip,
    {{ amount('checks.total + coalesce(payments.tip, 0)') }} as total,
    {{ amount('coalesce(payments.refunded, 0)') }} as refunded,
    restaurant."currencyCode" as presentment_currency,
    {{ amount('checks.total + coalesce(payments.tip, 0)') }} as presentment_total,
    ---------- where it came from: Toast tells nothing
    cast(null as text) as utm_source,
    cast(null as text) as utm_medium,
    cast(null as text) as utm_campaign,
    cast(null as text) as utm_term,
    cast(null as text) as utm_content,
    cast(null as text) as click_ids,
    ---------- when
    source."modifiedDate" as updated_at,
    coalesce(source._sdc_deleted_at, case when source.deleted then source."deletedDate" end) as deleted_at,
    source._sdc_extracted_at as _loaded_at
from {{ raw('toast', 'orders') }} as source
left join checks on checks.order_guid = source.guid and checks._connection_id = source._connection_id
left join charges on charges.order_guid = source.guid and charges._connection_id = source._connection_id
left join discounts on discounts.order_guid = source.guid and discounts._connection_id = source._connection_id
left join payments on payments.order_guid = source.guid and payments._connection_id = source._connection_id
left join guests on guests.order_guid = source.guid and guests._connection_id = source._connection_id and guests.nth = 1
left join {{ raw('toast', 'restaurants') }} as restaurant
    on restaurant.guid = source.restaurant_guid and restaurant._connection_id = source._connection_id
where not coalesce(source."excessFood", false)
