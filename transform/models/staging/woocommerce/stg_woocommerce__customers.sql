-- Registered customers; who ordered as a guest stands in the order alone.
select
    {{ origin('woocommerce', 'customers') }},
    id as source_record_id,
    ---------- who
    'person' as record_type,
    coalesce(
        nullif(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), ''),
        nullif(trim(coalesce({{ json_text('billing', 'first_name') }}, '') || ' ' || coalesce({{ json_text('billing', 'last_name') }}, '')), '')
    ) as full_name,
    coalesce(nullif(first_name, ''), nullif({{ json_text('billing', 'first_name') }}, '')) as first_name,
    coalesce(nullif(last_name, ''), nullif({{ json_text('billing', 'last_name') }}, '')) as last_name,
    cast(null as date) as birth_date, -- WooCommerce has none
    coalesce(nullif(email, ''), nullif({{ json_text('billing', 'email') }}, '')) as email,
    nullif({{ json_text('billing', 'phone') }}, '') as phone,
    ---------- where
    nullif({{ json_text('billing', 'address_1') }}, '') as address_line1,
    nullif({{ json_text('billing', 'city') }}, '') as city,
    nullif({{ json_text('billing', 'state') }}, '') as region,
    nullif({{ json_text('billing', 'postcode') }}, '') as postcode,
    nullif({{ json_text('billing', 'country') }}, '') as country_code,
    nullif({{ json_text('billing', 'company') }}, '') as company,
    ---------- consent
    cast(null as boolean) as consent_email, -- WooCommerce asks for none
    cast(null as boolean) as consent_sms, -- WooCommerce asks for none
    ---------- when
    date_created_gmt as created_at,
    date_modified_gmt as updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from {{ raw('woocommerce', 'customers') }} as customers
