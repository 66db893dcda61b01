-- A contact may belong to several accounts: the oldest link counts.
with accounts as (
    select
        link._connection_id, link.contact, account.name,
        row_number() over (
            partition by link._connection_id, link.contact order by link."createdTimestamp", link.id
        ) as place
    from {{ raw('activecampaign', 'account_contacts') }} as link
    inner join {{ raw('activecampaign', 'accounts') }} as account
        on account.id = link.account and account._connection_id = link._connection_id
    where link._sdc_deleted_at is null
)

select
    {{ origin('activecampaign', 'contacts', from='contact') }},
    contact.id as source_record_id,
    ---------- who
    'person' as record_type,
    nullif(trim(coalesce(contact."firstName", '') || ' ' || coalesce(contact."lastName", '')), '') as full_name,
    nullif(contact."firstName", '') as first_name,
    nullif(contact."lastName", '') as last_name,
    cast(null as date) as birth_date, -- ActiveCampaign has no such field of its own
    contact.email,
    nullif(contact.phone, '') as phone,
    ---------- where
    cast(null as text) as address_line1, -- addresses are custom fields
    cast(null as text) as city, -- addresses are custom fields
    cast(null as text) as region, -- addresses are custom fields
    cast(null as text) as postcode, -- addresses are custom fields
    cast(null as text) as country_code, -- addresses are custom fields
    account.name as company,
    ---------- consent
    cast(null as boolean) as consent_email, -- ActiveCampaign keeps it per list
    cast(null as boolean) as consent_sms, -- ActiveCampaign keeps it per list
    ---------- when
    contact.cdate as created_at,
    contact.udate as updated_at,
    contact._sdc_deleted_at as deleted_at,
    contact._sdc_extracted_at as _loaded_at
from {{ raw('activecampaign', 'contacts') }} as contact
left join accounts as account
    on account.contact = contact.id and account._connection_id = contact._connection_id and account.place = 1
