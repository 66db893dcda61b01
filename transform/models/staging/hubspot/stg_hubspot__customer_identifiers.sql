-- Further mailboxes of a contact, contacts merged into it, and its ids on other platforms (custom properties).
{% set properties = {} %}
{% for name in reference_names('customer').values() | sum(start=[]) %}{% do properties.update({name: 'string'}) %}{% endfor %}

with source as (select * from {{ raw('hubspot', 'contacts', also=properties) }} as contacts where _sdc_deleted_at is null),

named as (
    select _connection_id, id, _sdc_deleted_at, _sdc_extracted_at, 'email' as id_type, trim(word) as value
    from {{ split_words('source', 'hs_additional_emails', ';') }}
    union all
    select
        _connection_id, id, _sdc_deleted_at, _sdc_extracted_at, 'reference', {{ reference("'hubspot'", 'word') }}
    from {{ split_words('source', 'hs_merged_object_ids', ';') }}
    {% for platform, names in reference_names('customer').items() if platform != 'hubspot' %}
    {% for name in names %}
    union all
    select
        _connection_id, id, _sdc_deleted_at, _sdc_extracted_at, 'reference',
        {{ reference("'" ~ platform ~ "'", 'cast(' ~ name ~ ' as text)') }}
    from source where cast({{ name }} as text) <> ''
    {% endfor %}
    {% endfor %}
)

select
    {{ origin('hubspot', 'contacts') }},
    id as source_record_id,
    id_type,
    value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from named
where value <> ''
