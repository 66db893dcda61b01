-- What a deal refers to: the ids by which other systems made it, and the last word of its title, which is an order's number where a shop
-- wrote it.
with {{ pipedrive_won_deals() }}

{%- for value in ['origin_id', 'channel_id', "regexp_replace(title, '^.*[ #]', '')"] %}
select
    'pipedrive.' || stream as source_relation,
    'pipedrive' as platform,
    _connection_id as connection_id,
    _connection_id as account_id,
    'orders' as source_object,
    id as source_record_id,
    {{ value }} as value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from won
where length({{ value }}) >= 3
{{ 'union' if not loop.last }}
{%- endfor %}
