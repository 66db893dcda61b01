-- What Shopify Payments pays out; a shop that is paid by others has none.
select
    {{ origin('shopify', 'payouts') }},
    id as source_record_id,
    business_entity_id as destination,
    "externalTraceId" as trace_id,
    lower(status) as status,
    ---------- money
    {{ shopify_amount('net') }} as amount, -- below zero for a withdrawal
    {{ json_text('net', 'currencyCode') }} as currency,
    ---------- when
    {{ utc_date('"issuedAt"') }} as arrival_date, -- the day on which Shopify hands it to the bank
    "issuedAt" as created_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('shopify', 'payouts') }} as payouts
