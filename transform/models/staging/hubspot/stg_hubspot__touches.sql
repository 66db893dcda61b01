-- The page on which a contact was first seen.
-- https://knowledge.hubspot.com/properties/hubspots-default-contact-properties
select
    {{ origin('hubspot', 'contacts') }},
    id || ':first' as source_record_id,
    cast(null as text) as source_order_id, -- a visit of a person, whatever was bought later
    id as source_customer_id,
    hs_analytics_first_timestamp as touched_at,
    {{ url_parameter('hs_analytics_first_url', 'utm_source') }} as utm_source,
    {{ url_parameter('hs_analytics_first_url', 'utm_medium') }} as utm_medium,
    {{ url_parameter('hs_analytics_first_url', 'utm_campaign') }} as utm_campaign,
    'gclid:' || {{ url_parameter('hs_analytics_first_url', 'gclid') }} as click_ids,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('hubspot', 'contacts') }} as contacts
where hs_analytics_first_timestamp is not null
