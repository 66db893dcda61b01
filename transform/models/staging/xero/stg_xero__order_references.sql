-- What the invoice refers to, which is the number of the order where a shop or a till wrote it.
select
    {{ origin('xero', 'invoices', object='orders') }},
    "InvoiceID" as source_record_id,
    "Reference" as value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('xero', 'invoices') }} as invoices
where "Type" = 'ACCREC' and "Reference" <> ''
