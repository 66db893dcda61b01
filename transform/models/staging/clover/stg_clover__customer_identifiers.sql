-- All addresses and numbers of a customer, not only the first of each.
{% for id_type, column, field in [('email', 'emailAddresses', 'emailAddress'), ('phone', 'phoneNumbers', 'phoneNumber')] %}
select distinct
    {{ origin('clover', 'customers', from='customer') }},
    customer.id as source_record_id,
    '{{ id_type }}' as id_type,
    {{ json_text('listed.item', field) }} as value,
    customer._sdc_deleted_at as deleted_at,
    customer._sdc_extracted_at as _loaded_at
from {{ raw('clover', 'customers') }} as customer
{{ json_items(json_at('customer."' ~ column ~ '"', 'elements'), 'listed') }}
where {{ json_text('listed.item', field) }} <> ''
{% if not loop.last %}union all{% endif %}
{% endfor %}
