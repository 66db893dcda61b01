-- Which campaign a click id came from.
select
    {{ origin('google_ads', 'click_view', account='customer_id') }},
    click_view_resource_name as source_record_id,
    'gclid:' || click_view_gclid as click_id,
    campaign_id as source_campaign_id,
    segments_date as clicked_on,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('google_ads', 'click_view') }} as click_view
where click_view_gclid is not null
