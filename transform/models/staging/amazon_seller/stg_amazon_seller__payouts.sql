-- A group of financial events is what one transfer pays out; the open one is what the next will.
select
    {{ origin('amazon_seller', 'financial_event_groups', object='payouts') }},
    "FinancialEventGroupId" as source_record_id,
    "AccountTail" as destination,
    "TraceId" as trace_id,
    coalesce("FundTransferStatus", "ProcessingStatus") as status,
    ---------- money, as it is transferred
    cast(coalesce(
        {{ json_text('"ConvertedTotal"', 'CurrencyAmount') }}, {{ json_text('"OriginalTotal"', 'CurrencyAmount') }}
    ) as numeric(38,9)) as amount,
    coalesce({{ json_text('"ConvertedTotal"', 'CurrencyCode') }}, {{ json_text('"OriginalTotal"', 'CurrencyCode') }}) as currency,
    ---------- when
    {{ utc_date('"FundTransferDate"') }} as arrival_date,
    "FinancialEventGroupStart" as created_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('amazon_seller', 'financial_event_groups') }} as financial_event_groups
