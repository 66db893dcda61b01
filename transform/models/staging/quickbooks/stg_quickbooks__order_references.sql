-- What a sale refers to: the purchase order's number, the payment's reference, or a note that is one.
{%- for stream, column in [('invoices', 'PrivateNote'), ('sales_receipts', 'PrivateNote'), ('sales_receipts', 'PONumber'), ('sales_receipts', 'PaymentRefNum')] %}
select
    {{ origin('quickbooks', stream, object='orders') }},
    '{{ stream }}/' || "Id" as source_record_id,
    "{{ column }}" as value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('quickbooks', stream) }} as raw_rows
where length("{{ column }}") between 3 and 40
{{ 'union all' if not loop.last }}
{%- endfor %}
