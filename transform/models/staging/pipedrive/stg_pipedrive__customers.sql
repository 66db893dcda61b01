with source as (select * from {{ raw('pipedrive', 'persons') }} as persons),

emails as (
    select
        source._connection_id, source.id,
        {{ json_text('mail.item', 'value') }} as value,
        row_number() over (
            partition by source._connection_id, source.id
            order by case when {{ json_text('mail.item', 'primary') }} = 'true' then 0 else 1 end
        ) as place
    from source
    {{ json_items('source.emails', 'mail') }}
),

phones as (
    select
        source._connection_id, source.id,
        {{ json_text('phone.item', 'value') }} as value,
        row_number() over (
            partition by source._connection_id, source.id
            order by case when {{ json_text('phone.item', 'primary') }} = 'true' then 0 else 1 end
        ) as place
    from source
    {{ json_items('source.phones', 'phone') }}
)

select
    {{ origin('pipedrive', 'persons', from='person') }},
    person.id as source_record_id,
    ---------- who
    'person' as record_type,
    person.name as full_name,
    person.first_name,
    person.last_name,
    person.birthday as birth_date,
    emails.value as email,
    phones.value as phone,
    ---------- where
    nullif(trim(coalesce({{ json_text('person.postal_address', 'route') }}, '') || ' ' || coalesce({{ json_text('person.postal_address', 'street_number') }}, '')), '') as address_line1,
    {{ json_text('person.postal_address', 'locality') }} as city,
    {{ json_text('person.postal_address', 'admin_area_level_1') }} as region,
    {{ json_text('person.postal_address', 'postal_code') }} as postcode,
    coalesce(country_names.country_code, case when length({{ json_text('person.postal_address', 'country') }}) = 2 then upper({{ json_text('person.postal_address', 'country') }}) end) as country_code,
    organization.name as company,
    ---------- consent
    cast(null as boolean) as consent_email, -- marketing status is part of an add-on
    cast(null as boolean) as consent_sms, -- Pipedrive has none
    ---------- when
    person.add_time as created_at,
    person.update_time as updated_at,
    person._sdc_deleted_at as deleted_at,
    person._sdc_extracted_at as _loaded_at
from source as person
left join emails on emails.id = person.id and emails._connection_id = person._connection_id and emails.place = 1
left join phones on phones.id = person.id and phones._connection_id = person._connection_id and phones.place = 1
left join {{ raw('pipedrive', 'organizations') }} as organization
    on organization.id = person.org_id and organization._connection_id = person._connection_id
left join {{ ref('country_names') }} as country_names
    on country_names.name = lower(trim({{ json_text('person.postal_address', 'country') }}))
