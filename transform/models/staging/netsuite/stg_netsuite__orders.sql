-- Sales orders, and the invoices and cash sales that come of none.
with {{ netsuite_sales() }},

-- Lines credit what the customer is charged, so that their amounts are negative.
parts as (
    select
        _connection_id, transaction,
        sum(case when taxline then -foreignamount end) as tax,
        sum(case when itemtype = 'ShipItem' and not coalesce(taxline, false) then -foreignamount end) as shipping,
        sum(case when itemtype = 'Discount' then foreignamount end) as discount
    from {{ raw('netsuite', 'transaction_lines') }} as lines
    where not coalesce(mainline, false) and _sdc_deleted_at is null
    group by _connection_id, transaction
)

select
    {{ origin('netsuite', 'transactions', from='document', object='orders') }},
    document.id as source_record_id,
    coalesce(document.tranid, document.transactionnumber) as order_number,
    ---------- who
    document.entity as source_customer_id,
    document.email,
    cast(null as text) as phone, -- stands in the customer
    'netsuite' as channel,
    false as is_test, -- a sandbox is an account of its own
    ---------- state
    cast(document.trandate as timestamp with time zone) as placed_at,
    case when document.type = 'SalesOrd' and document.status like '%C' then document.lastmodifieddate end as cancelled_at, -- the code of cancelled orders
    document.status,
    case
        when document.type = 'CashSale' then 'paid'
        when document.type = 'CustInvc' then case when document.foreignamountunpaid = 0 then 'paid' else 'pending' end
    end as financial_status, -- of a sales order its invoices tell
    cast(null as text) as fulfilment_status, -- deliveries are documents of their own
    ---------- money
    document.symbol as currency,
    {{ amount('document.foreigntotal - coalesce(parts.tax, 0) - coalesce(parts.shipping, 0)') }} as subtotal,
    {{ amount('parts.discount') }} as discount,
    {{ amount('parts.shipping') }} as shipping,
    {{ amount('parts.tax') }} as tax,
    cast(null as numeric(38,9)) as tip, -- a line like any other
    {{ amount('document.foreigntotal') }} as total,
    cast(null as numeric(38,9)) as refunded, -- stands in refunds and credit memos
    document.symbol as presentment_currency,
    {{ amount('document.foreigntotal') }} as presentment_total,
    ---------- where it came from
    cast(null as text) as utm_source, -- the books know no visits
    cast(null as text) as utm_medium, -- the books know no visits
    cast(null as text) as utm_campaign, -- the books know no visits
    cast(null as text) as utm_term, -- the books know no visits
    cast(null as text) as utm_content, -- the books know no visits
    cast(null as text) as click_ids, -- the books know no visits
    ---------- when
    document.lastmodifieddate as updated_at,
    document.deleted_at,
    document._sdc_extracted_at as _loaded_at
from documents as document
inner join sales on sales.id = document.id and sales._connection_id = document._connection_id and sales.order_id = document.id
left join parts on parts.transaction = document.id and parts._connection_id = document._connection_id
