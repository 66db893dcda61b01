-- Money received: payments, a row for each order that one pays and for the rest; deposits for an order; and cash sales. What a
-- deposit later pays moves no money.
with {{ netsuite_sales() }},

bookings as (
    select _connection_id as connection_id, id as booking_id, {{ amount('abs(foreigntotal)') }} as total
    from documents where type = 'CustPymt' and foreigntotal <> 0
),

applied as (
    select
        links._connection_id as connection_id, links.nextdoc as booking_id, sales.order_id, {{ amount('abs(links.foreignamount)') }} as amount
    from {{ raw('netsuite', 'transaction_links') }} as links
    inner join sales on sales.id = links.previousdoc and sales._connection_id = links._connection_id
    where links.linktype = 'Payment' and links._sdc_deleted_at is null
),

{{ applied_parts('parts', 'bookings', 'applied') }},

received as (
    select
        connection_id, booking_id as id, booking_id || coalesce(':' || order_id, '') as record_id, booking_id as parent_id, order_id, amount
    from parts
    union all
    select document._connection_id, document.id, document.id, null, coalesce(sales.order_id, mainlines.createdfrom), {{ amount('abs(document.foreigntotal)') }}
    from documents as document
    left join sales on sales.id = document.id and sales._connection_id = document._connection_id
    left join mainlines on mainlines.transaction = document.id and mainlines._connection_id = document._connection_id
    where document.type in ('CustDep', 'CashSale') and document.foreigntotal <> 0
)

select
    {{ origin('netsuite', 'transactions', from='document') }},
    received.record_id as source_record_id,
    ---------- what it belongs to
    received.parent_id as source_parent_id,
    received.order_id as source_order_id,
    document.entity as source_customer_id,
    cast(null as text) as source_invoice_id, -- an invoice is the order itself
    cast(null as text) as source_balance_id, -- the account stands in the accounting lines
    document.email,
    ---------- how
    'netsuite' as gateway,
    cast(null as text) as method, -- not among the columns that are read
    'sale' as kind,
    'succeeded' as status, -- what is booked was received
    coalesce(document.otherrefnum, document.tranid) as gateway_reference,
    ---------- money
    received.amount,
    document.symbol as currency,
    cast(null as numeric(38,9)) as fee, -- an expense of its own
    cast(null as numeric(38,9)) as net, -- an expense of its own
    document.symbol as settlement_currency,
    false as is_processor,
    cast(null as boolean) as is_offline, -- the columns that are read do not say
    false as is_test, -- a sandbox is an account of its own
    ---------- when
    cast(document.trandate as timestamp with time zone) as processed_at,
    document.deleted_at,
    document._sdc_extracted_at as _loaded_at
from received
inner join documents as document on document.id = received.id and document._connection_id = received.connection_id
