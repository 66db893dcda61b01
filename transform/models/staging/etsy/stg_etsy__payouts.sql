-- Disbursements: entries that take money off the ledger under the name disbursement, or DISBURSE2 as Etsy writes it.
-- https://developers.etsy.com/documentation/reference#operation/getShopPaymentAccountLedgerEntries
-- https://github.com/etsy/open-api/issues/442
select
    {{ origin('etsy', 'ledger_entries', from='entry', object='payouts') }},
    entry.entry_id as source_record_id,
    cast(null as text) as destination, -- Etsy does not tell
    cast(null as text) as trace_id, -- Etsy does not tell
    'paid' as status, -- one that comes back is an entry of its own
    ---------- money
    {{ money('-entry.amount') }} as amount,
    upper(entry.currency) as currency,
    ---------- when
    cast(null as date) as arrival_date, -- Etsy does not tell
    {{ from_epoch('entry.created_timestamp') }} as created_at,
    entry._sdc_deleted_at as deleted_at,
    entry._sdc_extracted_at as _loaded_at
from {{ raw('etsy', 'ledger_entries') }} as entry
left join {{ ref('currencies') }} as currency on currency.code = upper(entry.currency)
where entry.amount < 0 and lower(coalesce(entry.ledger_type, entry.description)) like 'disburse%'
