-- Buyers, as their newest receipt tells: Etsy lists receipts only. Name and address of a receipt are the recipient's, which is somebody
-- else where the order is a gift.
with source as (
    select
        *,
        row_number() over (
            partition by _connection_id, buyer_user_id
            order by case when is_gift then 1 else 0 end, created_timestamp desc, receipt_id
        ) as place,
        min(created_timestamp) over (partition by _connection_id, buyer_user_id) as first_bought
    from {{ raw('etsy', 'receipts') }} as receipts
    where buyer_user_id is not null
)

select
    {{ origin('etsy', 'receipts', object='buyers') }},
    buyer_user_id as source_record_id,
    ---------- who
    'person' as record_type,
    case when not coalesce(is_gift, false) then nullif(name, '') end as full_name,
    cast(null as text) as first_name, -- Etsy keeps one name
    cast(null as text) as last_name, -- Etsy keeps one name
    cast(null as date) as birth_date, -- Etsy has none
    nullif(buyer_email, '') as email,
    cast(null as text) as phone, -- Etsy hides it
    ---------- where
    case when not coalesce(is_gift, false) then nullif(first_line, '') end as address_line1,
    case when not coalesce(is_gift, false) then nullif(city, '') end as city,
    case when not coalesce(is_gift, false) then nullif(state, '') end as region,
    case when not coalesce(is_gift, false) then nullif(zip, '') end as postcode,
    case when not coalesce(is_gift, false) then upper(country_iso) end as country_code,
    cast(null as text) as company, -- Etsy has none
    ---------- consent
    cast(null as boolean) as consent_email, -- buyers are Etsy's customers
    cast(null as boolean) as consent_sms, -- buyers are Etsy's customers
    ---------- when
    {{ from_epoch('first_bought') }} as created_at,
    {{ from_epoch('updated_timestamp') }} as updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from source
where place = 1
