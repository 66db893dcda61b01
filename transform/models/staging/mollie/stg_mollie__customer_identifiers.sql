-- Ids of the same customer on other platforms, as integrations write them into the metadata.
with source as (select * from {{ raw('mollie', 'customers') }} as customers where _sdc_deleted_at is null),

referred as (
    {% for platform, names in reference_names('customer').items() %}
    {% for name in names %}
    select source.*, '{{ platform }}' as referred_platform, {{ json_text('metadata', name) }} as referred_id from source
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    {{ origin('mollie', 'customers') }},
    id as source_record_id,
    'reference' as id_type,
    {{ reference('referred_platform', 'referred_id') }} as value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from referred
where referred_id <> ''
