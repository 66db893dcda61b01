-- What the buyer got back, without the fees that Amazon gives back to the seller.
with source as (
    select
        transactions.*,
        {{ amazon_seller_related('"relatedIdentifiers"', 'ORDER_ID') }} as order_id,
        {{ amazon_seller_related('"relatedIdentifiers"', 'RELEASE_TRANSACTION_ID') }} as release_id,
        {{ amazon_seller_charges('breakdowns', '<') }} as returned
    from {{ raw('amazon_seller', 'transactions') }} as transactions
    where "transactionType" = 'Refund'
)

select
    {{ origin('amazon_seller', 'transactions') }},
    "transactionId" as source_record_id,
    order_id as source_order_id,
    cast(null as text) as source_order_line_id, -- items name no line of the order
    cast(null as text) as source_payment_id, -- Amazon names the order alone
    'succeeded' as status,
    ---------- money
    -coalesce(returned, total_amount) as amount,
    cast(null as numeric(38,9)) as tax, -- stands among the charges
    cast(null as numeric(38,9)) as shipping, -- stands among the charges
    currency,
    description as reason,
    true as is_processor,
    ---------- when
    "postedDate" as processed_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from source
where release_id is null
