-- PayPal lists no customers: whoever paid, as the newest payment names him.
with payers as (
    select
        *,
        {{ json_text('payer_info', 'account_id') }} as payer_id,
        row_number() over (
            partition by _connection_id, {{ json_text('payer_info', 'account_id') }}
            order by transaction_updated_date desc, transaction_id
        ) as place,
        min(transaction_initiation_date) over (
            partition by _connection_id, {{ json_text('payer_info', 'account_id') }}
        ) as first_paid_at
    from {{ raw('paypal', 'transactions') }} as transactions
    where {{ json_text('payer_info', 'account_id') }} is not null
        and transaction_event_code like 'T00%' and {{ amount(json_text('transaction_amount', 'value')) }} > 0
)

select
    {{ origin('paypal', 'transactions') }},
    payer_id as source_record_id,
    ---------- who
    'person' as record_type,
    coalesce({{ json_text('payer_info', 'payer_name', 'alternate_full_name') }}, {{ json_text('payer_info', 'payer_name', 'full_name') }}) as full_name,
    {{ json_text('payer_info', 'payer_name', 'given_name') }} as first_name,
    {{ json_text('payer_info', 'payer_name', 'surname') }} as last_name,
    cast(null as date) as birth_date, -- PayPal does not tell
    {{ json_text('payer_info', 'email_address') }} as email,
    {{ json_text('payer_info', 'phone_number', 'national_number') }} as phone,
    ---------- where: the address shipped to, as far as there is one
    coalesce({{ json_text('payer_info', 'address', 'line1') }}, {{ json_text('shipping_info', 'address', 'line1') }}) as address_line1,
    coalesce({{ json_text('payer_info', 'address', 'city') }}, {{ json_text('shipping_info', 'address', 'city') }}) as city,
    coalesce({{ json_text('payer_info', 'address', 'state') }}, {{ json_text('shipping_info', 'address', 'state') }}) as region,
    coalesce({{ json_text('payer_info', 'address', 'postal_code') }}, {{ json_text('shipping_info', 'address', 'postal_code') }}) as postcode,
    {{ json_text('payer_info', 'country_code') }} as country_code,
    cast(null as text) as company, -- PayPal does not tell
    ---------- consent
    cast(null as boolean) as consent_email, -- PayPal asks for none
    cast(null as boolean) as consent_sms, -- PayPal asks for none
    ---------- when
    first_paid_at as created_at,
    transaction_updated_date as updated_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from payers
where place = 1
