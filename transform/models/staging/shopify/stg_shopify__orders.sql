with source as (
    select orders.*, {{ json_at('"customerJourneySummary"', 'lastVisit') }} as visit from ({{ each_row(raw('shopify', 'orders')) }}) as orders
)

select
    {{ origin('shopify', 'orders') }},
    id as source_record_id,
    name as order_number,
    ---------- who
    customer_id as source_customer_id,
    email,
    phone,
    "sourceName" as channel,
    test as is_test,
    ---------- state
    "processedAt" as placed_at,
    "cancelledAt" as cancelled_at,
    case when "cancelledAt" is not null then 'cancelled' when closed then 'closed' else 'open' end as status,
    lower("displayFinancialStatus") as financial_status,
    lower("displayFulfillmentStatus") as fulfilment_status,
    ---------- money
    {{ shopify_currency('totalPriceSet') }} as currency,
    {{ shopify_money('subtotalPriceSet') }} as subtotal,
    {{ shopify_money('totalDiscountsSet') }} as discount,
    {{ shopify_money('totalShippingPriceSet') }} as shipping,
    {{ shopify_money('totalTaxSet') }} as tax,
    {{ shopify_money('totalTipReceivedSet') }} as tip,
    {{ shopify_money('totalPriceSet') }} as total,
    {{ shopify_money('totalRefundedSet') }} as refunded,
    {{ shopify_presentment_currency('totalPriceSet') }} as presentment_currency,
    {{ shopify_presentment_money('totalPriceSet') }} as presentment_total,
    ---------- where it came from: the last visit before it was placed
    {{ json_text('visit', 'utmParameters', 'source') }} as utm_source,
    {{ json_text('visit', 'utmParameters', 'medium') }} as utm_medium,
    {{ json_text('visit', 'utmParameters', 'campaign') }} as utm_campaign,
    {{ json_text('visit', 'utmParameters', 'term') }} as utm_term,
    {{ json_text('visit', 'utmParameters', 'content') }} as utm_content,
    'gclid:' || {{ url_parameter(json_text('visit', 'landingPage'), 'gclid') }} as click_ids,
    ---------- when
    "updatedAt" as updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at,
    _row_hash
from source
