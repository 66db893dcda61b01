-- Money given back: refunds to customers, and cash refunds, which come of a cash sale. A credit memo lowers what is owed and moves none.
with {{ netsuite_sales() }}

select
    {{ origin('netsuite', 'transactions', from='document') }},
    document.id as source_record_id,
    coalesce(sales.order_id, mainlines.createdfrom) as source_order_id,
    cast(null as text) as source_order_line_id, -- NetSuite names none
    cast(null as text) as source_payment_id, -- NetSuite names none
    'succeeded' as status, -- what is booked was given back
    ---------- money
    {{ amount('abs(document.foreigntotal)') }} as amount,
    cast(null as numeric(38,9)) as tax, -- a line of its own
    cast(null as numeric(38,9)) as shipping, -- a line of its own
    document.symbol as currency,
    document.memo as reason,
    false as is_processor,
    ---------- when
    cast(document.trandate as timestamp with time zone) as processed_at,
    document.deleted_at,
    document._sdc_extracted_at as _loaded_at
from documents as document
left join mainlines on mainlines.transaction = document.id and mainlines._connection_id = document._connection_id
left join sales on sales.id = mainlines.createdfrom and sales._connection_id = document._connection_id
where document.type in ('CustRfnd', 'CashRfnd') and document.foreigntotal <> 0
