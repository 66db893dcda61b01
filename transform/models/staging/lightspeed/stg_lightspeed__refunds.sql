-- One row per sale that gives goods back; order, line and payment are named where it concerns a single one.
with given as (
    select
        back._connection_id, back."saleID" as sale_id,
        case when count(distinct sold."saleID") = 1 then max(sold."saleID") end as order_id,
        case when count(distinct sold."saleLineID") = 1 then max(sold."saleLineID") end as line_id,
        -sum(back."calcTotal") as amount, -sum(back."calcTax1" + back."calcTax2") as tax
    from {{ raw('lightspeed', 'sale_lines') }} as back
    left join {{ raw('lightspeed', 'sale_lines') }} as sold
        on sold."saleLineID" = back."parentSaleLineID" and sold._connection_id = back._connection_id
    where back."unitQuantity" < 0 and back."saleID" <> '0' and back._sdc_deleted_at is null
    group by back._connection_id, back."saleID"
),

payments as (
    select
        _connection_id, "saleID" as sale_id,
        case when count(distinct "refPaymentID") = 1 then nullif(max("refPaymentID"), '0') end as payment_id,
        bool_or("ccChargeID" <> '0') as is_processor
    from {{ raw('lightspeed', 'sale_payments') }} as sale_payments
    where amount < 0 and not coalesce(archived, false)
    group by _connection_id, "saleID"
)

select
    {{ origin('lightspeed', 'sales', from='sale', object='refunds') }},
    sale."saleID" as source_record_id,
    given.order_id as source_order_id,
    given.line_id as source_order_line_id,
    payments.payment_id as source_payment_id,
    case when sale.voided then 'failed' when sale.completed then 'succeeded' else 'pending' end as status,
    ---------- money
    {{ amount('given.amount') }} as amount,
    {{ amount('given.tax') }} as tax,
    cast(null as numeric(38,9)) as shipping, -- an item like others
    account.currency,
    cast(null as text) as reason, -- Lightspeed keeps none
    coalesce(payments.is_processor, false) as is_processor,
    ---------- when
    coalesce(sale."completeTime", sale."createTime") as processed_at,
    sale._sdc_deleted_at as deleted_at,
    sale._sdc_extracted_at as _loaded_at
from given
join {{ raw('lightspeed', 'sales') }} as sale on sale."saleID" = given.sale_id and sale._connection_id = given._connection_id
left join payments on payments.sale_id = given.sale_id and payments._connection_id = given._connection_id
left join ({{ lightspeed_currency() }}) as account on account._connection_id = given._connection_id
