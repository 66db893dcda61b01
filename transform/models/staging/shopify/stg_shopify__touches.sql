{# Shopify tells the first and the last visit before an order, of up to 30 days. #}
{%- set visits = ['firstVisit', 'lastVisit'] %}
{%- for visit in visits %}
select
    {{ origin('shopify', 'orders') }},
    id || ':{{ visit }}' as source_record_id,
    id as source_order_id,
    customer_id as source_customer_id,
    cast({{ json_text('"customerJourneySummary"', visit, 'occurredAt') }} as timestamp with time zone) as touched_at,
    {{ json_text('"customerJourneySummary"', visit, 'utmParameters', 'source') }} as utm_source,
    {{ json_text('"customerJourneySummary"', visit, 'utmParameters', 'medium') }} as utm_medium,
    {{ json_text('"customerJourneySummary"', visit, 'utmParameters', 'campaign') }} as utm_campaign,
    'gclid:' || {{ url_parameter(json_text('"customerJourneySummary"', visit, 'landingPage'), 'gclid') }} as click_ids,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('shopify', 'orders') }} as orders
where {{ json_text('"customerJourneySummary"', visit, 'occurredAt') }} is not null
{{ 'union all' if not loop.last }}
{%- endfor %}
