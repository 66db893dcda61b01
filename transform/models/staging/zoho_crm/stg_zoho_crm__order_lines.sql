-- Lines of sales orders and of invoices; those of an invoice that repeats a sales order have no order and fall away with it.
{%- for stream, sales, id in [('sales_order_lines', 'sales_orders', 'sales_order_id'), ('invoice_lines', 'invoices', 'invoice_id')] %}
select
    {{ origin('zoho_crm', stream, from='line', object='sales_order_lines') }},
    line.id as source_record_id,
    ---------- what
    line.{{ id }} as source_order_id,
    {{ json_text('line."Product_Name"', 'id') }} as source_product_id,
    {{ json_text('line."Product_Name"', 'id') }} as source_variant_id, -- Zoho has no variants
    product."Product_Code" as sku,
    {{ json_text('line."Product_Name"', 'name') }} as title,
    cast(null as text) as variant_title, -- Zoho has no variants
    cast(line."Quantity" as bigint) as quantity,
    ---------- money
    {{ amount('line."List_Price"') }} as unit_price,
    {{ amount('line."Total"') }} as line_subtotal,
    {{ amount('line."Discount"') }} as discount,
    {{ amount('line."Tax"') }} as tax,
    {{ amount('line."Total_After_Discount"') }} as line_total,
    cast(null as bigint) as refunded_quantity, -- Zoho has none
    cast(null as boolean) as is_gift_card, -- Zoho has none
    coalesce(sale."Currency", organization.currency) as currency,
    ---------- when
    line._sdc_deleted_at as deleted_at,
    line._sdc_extracted_at as _loaded_at
from {{ raw('zoho_crm', stream) }} as line
left join {{ raw('zoho_crm', sales) }} as sale
    on sale.id = line.{{ id }} and sale._connection_id = line._connection_id
left join {{ raw('zoho_crm', 'products') }} as product
    on product.id = {{ json_text('line."Product_Name"', 'id') }} and product._connection_id = line._connection_id
left join (
    select _connection_id, max(iso_code) as currency from {{ raw('zoho_crm', 'organization') }} as organization group by _connection_id
) as organization on organization._connection_id = line._connection_id
{{ 'union all' if not loop.last }}
{%- endfor %}
