-- What Amazon collected for a shipment. A deferred transaction whose release is a transaction of its own counts once.
with source as (
    select
        transactions.*,
        {{ amazon_seller_related('"relatedIdentifiers"', 'ORDER_ID') }} as order_id,
        {{ amazon_seller_related('"relatedIdentifiers"', 'RELEASE_TRANSACTION_ID') }} as release_id,
        {{ amazon_seller_charges('breakdowns', '>') }} as collected,
        {{ amazon_seller_charges('breakdowns', '<') }} as taken
    from {{ raw('amazon_seller', 'transactions') }} as transactions
    where "transactionType" = 'Shipment'
)

select
    {{ origin('amazon_seller', 'transactions') }},
    "transactionId" as source_record_id,
    ---------- what it belongs to
    cast(null as text) as source_parent_id, -- one transaction for each shipment
    order_id as source_order_id,
    cast(null as text) as source_customer_id, -- Amazon gives buyers no id
    cast(null as text) as source_invoice_id, -- Amazon tells none
    "transactionId" as source_balance_id,
    cast(null as text) as email, -- known through the order
    ---------- how: the marketplace is its own processor
    'amazon' as gateway,
    cast(null as text) as method, -- stands in the order
    'sale' as kind,
    case when "transactionStatus" = 'DEFERRED' then 'pending' else 'succeeded' end as status,
    "transactionId" as gateway_reference,
    ---------- money
    coalesce(collected, total_amount) as amount,
    currency,
    coalesce(-taken, 0) as fee,
    total_amount as net,
    currency as settlement_currency,
    true as is_processor,
    false as is_offline,
    false as is_test,
    ---------- when
    "postedDate" as processed_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from source
where release_id is null
