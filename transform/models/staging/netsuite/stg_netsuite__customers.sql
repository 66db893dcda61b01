select
    {{ origin('netsuite', 'customers', from='customer') }},
    customer.id as source_record_id,
    ---------- who
    case when customer.isperson then 'person' else 'organisation' end as record_type,
    coalesce(
        nullif(trim(coalesce(customer.firstname, '') || ' ' || coalesce(customer.lastname, '')), ''),
        customer.companyname, customer.altname, customer.entityid
    ) as full_name,
    customer.firstname as first_name,
    customer.lastname as last_name,
    cast(null as date) as birth_date, -- NetSuite has none
    customer.email,
    customer.phone,
    ---------- where
    address.addr1 as address_line1,
    address.city,
    coalesce(address.state, address.dropdownstate) as region,
    address.zip as postcode,
    upper(address.country) as country_code,
    customer.companyname as company,
    ---------- consent
    cast(null as boolean) as consent_email, -- an accounting system asks for none
    cast(null as boolean) as consent_sms, -- an accounting system asks for none
    ---------- when
    customer.datecreated as created_at,
    customer.lastmodifieddate as updated_at,
    customer._sdc_deleted_at as deleted_at,
    customer._sdc_extracted_at as _loaded_at
from {{ raw('netsuite', 'customers') }} as customer
left join {{ raw('netsuite', 'addresses') }} as address
    on address.nkey = customer.defaultbillingaddress and address._connection_id = customer._connection_id
