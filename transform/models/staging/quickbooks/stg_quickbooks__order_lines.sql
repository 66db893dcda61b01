-- Lines that sell an item or a bundle of items; the others are subtotals, the discount of the whole sale, and remarks.
-- https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/invoice
{%- for stream, sales, id in [('invoice_lines', 'invoices', 'invoice_id'), ('sales_receipt_lines', 'sales_receipts', 'sales_receipt_id')] %}
select
    {{ origin('quickbooks', stream, from='line', object='order_lines') }},
    '{{ sales }}/' || line.{{ id }} || ':' || line."Id" as source_record_id,
    ---------- what
    '{{ sales }}/' || line.{{ id }} as source_order_id,
    item."Id" as source_product_id,
    item."Id" as source_variant_id, -- QuickBooks has no variants
    item."Sku" as sku,
    coalesce(item."Name", line."Description") as title,
    cast(null as text) as variant_title, -- QuickBooks has no variants
    cast(round(cast(coalesce(
        {{ json_text('line."SalesItemLineDetail"', 'Qty') }}, {{ json_text('line."GroupLineDetail"', 'Quantity') }}
    ) as numeric(38,9))) as bigint) as quantity,
    ---------- money
    cast({{ json_text('line."SalesItemLineDetail"', 'UnitPrice') }} as numeric(38,9)) as unit_price,
    line."Amount" as line_subtotal,
    cast(null as numeric(38,9)) as discount, -- the docs do not say whether Amount is before or after it
    cast(null as numeric(38,9)) as tax, -- the sale is taxed as a whole
    line."Amount" as line_total,
    cast(null as bigint) as refunded_quantity, -- stands in refund receipts and credit memos
    false as is_gift_card, -- an item like any other
    {{ json_text('sale."CurrencyRef"', 'value') }} as currency,
    ---------- when
    line._sdc_deleted_at as deleted_at,
    line._sdc_extracted_at as _loaded_at
from {{ raw('quickbooks', stream) }} as line
left join {{ raw('quickbooks', sales) }} as sale on sale."Id" = line.{{ id }} and sale._connection_id = line._connection_id
left join {{ raw('quickbooks', 'items') }} as item
    on item._connection_id = line._connection_id
    and item."Id" = coalesce(
        {{ json_text('line."SalesItemLineDetail"', 'ItemRef', 'value') }}, {{ json_text('line."GroupLineDetail"', 'GroupItemRef', 'value') }}
    )
where line."DetailType" in ('SalesItemLineDetail', 'GroupLineDetail')
{{ 'union all' if not loop.last }}
{%- endfor %}
