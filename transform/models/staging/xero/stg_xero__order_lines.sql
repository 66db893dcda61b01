-- Lines of sales invoices; a line without an amount is a remark. Prices hold tax where the invoice's LineAmountTypes is Inclusive.
-- https://developer.xero.com/documentation/api/accounting/invoices#line-items
with lines as (
    select
        line.*,
        invoice."CurrencyCode" as currency,
        item."ItemID" as item_id,
        item."Name" as item_name,
        case when coalesce(line."DiscountRate", 0) <> 0 or coalesce(line."DiscountAmount", 0) <> 0
            then cast(line."Quantity" * line."UnitAmount" - line."LineAmount" as numeric(38,9)) else 0 end as discount
    from {{ raw('xero', 'invoice_lines') }} as line
    inner join {{ raw('xero', 'invoices') }} as invoice
        on invoice."InvoiceID" = line.invoice_id and invoice._connection_id = line._connection_id
    left join {{ raw('xero', 'items') }} as item
        on item."Code" = line."ItemCode" and item.tenant_id = invoice.tenant_id and item._connection_id = line._connection_id
        and item._sdc_deleted_at is null
    where invoice."Type" = 'ACCREC' and line."LineAmount" is not null
)

select
    {{ origin('xero', 'invoice_lines', object='order_lines') }},
    invoice_id || ':' || "LineItemID" as source_record_id,
    ---------- what
    invoice_id as source_order_id,
    item_id as source_product_id,
    item_id as source_variant_id, -- Xero has no variants
    "ItemCode" as sku,
    coalesce("Description", item_name) as title,
    cast(null as text) as variant_title, -- Xero has no variants
    cast(round("Quantity") as bigint) as quantity,
    ---------- money
    {{ amount('"UnitAmount"') }} as unit_price,
    {{ amount('"LineAmount" + discount') }} as line_subtotal,
    {{ amount('discount') }} as discount,
    {{ amount('"TaxAmount"') }} as tax,
    {{ amount('"LineAmount"') }} as line_total,
    cast(null as bigint) as refunded_quantity, -- stands in credit notes
    false as is_gift_card, -- an item like any other
    currency,
    ---------- when
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from lines
