-- Toast lists no guests: one row per guest who left a name, a number or an address on a check, as last written there.
with guests as (
    select
        guest.*,
        row_number() over (
            partition by _connection_id, guid
            order by case when email is null and phone is null then 1 else 0 end, order_modified_date desc, check_guid
        ) as nth
    from {{ raw('toast', 'check_customers') }} as guest
    where guid is not null
),

span as (
    select _connection_id, guid, min(order_modified_date) as first_at, max(order_modified_date) as last_at
    from guests
    group by _connection_id, guid
)

select
    {{ origin('toast', 'check_customers', from='guests') }},
    guests.guid as source_record_id,
    ---------- who
    'person' as record_type,
    nullif(trim(coalesce(guests."firstName", '') || ' ' || coalesce(guests."lastName", '')), '') as full_name,
    guests."firstName" as first_name,
    guests."lastName" as last_name,
    cast(null as date) as birth_date, -- Toast has none
    guests.email,
    case when guests."phoneCountryCode" <> '' then '+' || guests."phoneCountryCode" || guests.phone else guests.phone end as phone,
    ---------- where: only a delivery has an address, and it is the order's
    cast(null as text) as address_line1,
    cast(null as text) as city,
    cast(null as text) as region,
    cast(null as text) as postcode,
    cast(null as text) as country_code,
    cast(null as text) as company, -- Toast has none
    ---------- consent
    cast(null as boolean) as consent_email, -- Toast tells none
    cast(null as boolean) as consent_sms, -- Toast tells none
    ---------- when
    span.first_at as created_at,
    span.last_at as updated_at,
    guests._sdc_deleted_at as deleted_at,
    guests._sdc_extracted_at as _loaded_at
from guests
join span on span.guid = guests.guid and span._connection_id = guests._connection_id
where guests.nth = 1
