-- The transactions that name the group of events they are paid out with.
with source as (
    select
        transactions.*,
        {{ amazon_seller_related('"relatedIdentifiers"', 'FINANCIAL_EVENT_GROUP_ID') }} as group_id,
        {{ amazon_seller_related('"relatedIdentifiers"', 'RELEASE_TRANSACTION_ID') }} as release_id,
        {{ amazon_seller_charges('breakdowns', '<') }} as taken
    from {{ raw('amazon_seller', 'transactions') }} as transactions
)

select
    {{ origin('amazon_seller', 'transactions') }},
    "transactionId" as source_record_id,
    group_id as source_payout_id,
    case when "transactionType" = 'Shipment' then "transactionId" end as source_payment_id,
    case when "transactionType" = 'Refund' then "transactionId" end as source_refund_id,
    case "transactionType" when 'Shipment' then 'charge' when 'Refund' then 'refund' else lower("transactionType") end as category,
    ---------- money: a fee is what is taken from a sale
    case when "transactionType" = 'Shipment' then total_amount - coalesce(taken, 0) else total_amount end as gross,
    case when "transactionType" = 'Shipment' then coalesce(-taken, 0) else 0 end as fee,
    total_amount as net,
    currency,
    ---------- when
    "postedDate" as occurred_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from source
where group_id is not null and release_id is null
