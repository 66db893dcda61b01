-- What is given back is a sale of its own, of negative quantities; where it is nothing else, it is a refund and no order.
with lines as (
    select
        _connection_id, "saleID" as sale_id,
        bool_and("unitQuantity" < 0) as is_refund
    from {{ raw('lightspeed', 'sale_lines') }} as sale_lines
    where _sdc_deleted_at is null
    group by _connection_id, "saleID"
),

refunds as (
    select sold._connection_id, sold."saleID" as sale_id, -sum(back."calcTotal") as amount
    from {{ raw('lightspeed', 'sale_lines') }} as back
    join {{ raw('lightspeed', 'sale_lines') }} as sold
        on sold."saleLineID" = back."parentSaleLineID" and sold._connection_id = back._connection_id
    join {{ raw('lightspeed', 'sales') }} as given
        on given."saleID" = back."saleID" and given._connection_id = back._connection_id
        and given.completed and not coalesce(given.voided, false)
    where back."unitQuantity" < 0
    group by sold._connection_id, sold."saleID"
)

select
    {{ origin('lightspeed', 'sales', from='sale', object='orders') }},
    sale."saleID" as source_record_id,
    coalesce(nullif(sale."referenceNumber", ''), sale."ticketNumber") as order_number,
    ---------- who
    nullif(sale."customerID", '0') as source_customer_id,
    cast(null as text) as email, -- known through the customer
    cast(null as text) as phone, -- known through the customer
    coalesce(nullif(sale."referenceNumberSource", ''), 'Lightspeed Retail') as channel,
    false as is_test, -- Lightspeed has no test sales
    ---------- state
    coalesce(sale."completeTime", sale."createTime") as placed_at,
    case when sale.voided then sale.updatetime end as cancelled_at,
    case when sale.voided then 'cancelled' when sale.completed then 'closed' else 'open' end as status,
    case
        when sale.voided then 'voided'
        when refunds.amount >= sale.total and refunds.amount > 0 then 'refunded'
        when refunds.amount > 0 then 'partially_refunded'
        when sale.completed then 'paid'
        else 'pending'
    end as financial_status,
    cast(null as text) as fulfilment_status, -- goods go over the counter
    ---------- money
    account.currency,
    {{ amount('sale."calcSubtotal" - sale."calcDiscount"') }} as subtotal,
    {{ amount('sale."calcDiscount"') }} as discount,
    cast(null as numeric(38,9)) as shipping, -- an item like others
    {{ amount('sale."calcTax1" + sale."calcTax2"') }} as tax,
    {{ amount('coalesce(sale."calcTips", 0)') }} as tip,
    {{ amount('sale.total + coalesce(sale."calcTips", 0)') }} as total,
    {{ amount('coalesce(refunds.amount, 0)') }} as refunded,
    account.currency as presentment_currency,
    {{ amount('sale.total + coalesce(sale."calcTips", 0)') }} as presentment_total,
    ---------- where it came from: Lightspeed tells nothing
    cast(null as text) as utm_source,
    cast(null as text) as utm_medium,
    cast(null as text) as utm_campaign,
    cast(null as text) as utm_term,
    cast(null as text) as utm_content,
    cast(null as text) as click_ids,
    ---------- when
    sale.updatetime as updated_at,
    sale._sdc_deleted_at as deleted_at,
    sale._sdc_extracted_at as _loaded_at
from {{ raw('lightspeed', 'sales') }} as sale
left join lines on lines.sale_id = sale."saleID" and lines._connection_id = sale._connection_id
left join refunds on refunds.sale_id = sale."saleID" and refunds._connection_id = sale._connection_id
left join ({{ lightspeed_currency() }}) as account on account._connection_id = sale._connection_id
where not coalesce(lines.is_refund, false)
