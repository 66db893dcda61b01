-- What a sale refers to: the purchase order's number, the id in the system that wrote it, or a memo that is a number.
with {{ netsuite_sales() }}

{%- for column in ['otherrefnum', 'externalid', 'memo'] %}
select
    {{ origin('netsuite', 'transactions', from='document', object='orders') }},
    sales.order_id as source_record_id,
    document.{{ column }} as value,
    document.deleted_at,
    document._sdc_extracted_at as _loaded_at
from documents as document
inner join sales on sales.id = document.id and sales._connection_id = document._connection_id
where length(document.{{ column }}) between 3 and 40
{{ 'union' if not loop.last }}
{%- endfor %}
