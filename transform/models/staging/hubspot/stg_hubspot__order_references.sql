-- What a deal refers to: the order that an integration wrote into a property of the account's own, and the last word of its name.
{% set properties = {} %}
{% for name in ['order_number', 'order_id'] + reference_names('order').values() | sum(start=[]) %}{% do properties.update({name: 'string'}) %}{% endfor %}

with won as (
    select deals.*, regexp_replace(dealname, '^.*[ #]', '') as last_word
    from {{ raw('hubspot', 'deals', also=properties) }} as deals
    where coalesce(hs_is_closed_won, dealstage = 'closedwon')
)

{%- for name in ['last_word'] + properties.keys() | list %}
select
    {{ origin('hubspot', 'deals', object='orders') }},
    id as source_record_id,
    cast({{ name }} as text) as value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from won
where length(cast({{ name }} as text)) >= 3
{{ 'union' if not loop.last }}
{%- endfor %}
