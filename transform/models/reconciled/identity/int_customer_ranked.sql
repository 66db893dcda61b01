-- Which record of a customer each group of attributes is taken from: living before deleted, complete before sparse, newest first.
{% set newest = 'record.updated_at desc nulls last, record.created_at desc nulls last, record.platform, record.record_key' %}
{% set living = 'case when record.deleted_at is null then 0 else 1 end' %}

select
    identity.customer_key,
    record.*,
    row_number() over (partition by identity.customer_key order by
        {{ living }},
        (case when record.first_norm is null then 1 else 0 end) + (case when record.last_norm is null then 1 else 0 end),
        case when length(record.first_norm) < 2 then 1 else 0 end, {{ newest }}) as name_rank,
    row_number() over (partition by identity.customer_key order by
        {{ living }}, case when record.email_norm is null then 1 else 0 end, {{ newest }}) as email_rank,
    row_number() over (partition by identity.customer_key order by
        {{ living }}, case when record.phone_e164 is null then 1 else 0 end, {{ newest }}) as phone_rank,
    row_number() over (partition by identity.customer_key order by
        {{ living }},
        (case when record.address_line1 is null then 1 else 0 end) + (case when record.city is null then 1 else 0 end)
            + (case when record.postcode is null then 1 else 0 end) + (case when record.country_code is null then 1 else 0 end),
        {{ newest }}) as address_rank,
    row_number() over (partition by identity.customer_key order by
        {{ living }}, case when record.company is null then 1 else 0 end, {{ newest }}) as company_rank,
    row_number() over (partition by identity.customer_key order by
        {{ living }}, case when record.birth_date is null then 1 else 0 end, {{ newest }}) as birth_rank,
    row_number() over (partition by identity.customer_key order by
        {{ living }}, case when record.consent_email is null then 1 else 0 end, {{ newest }}) as consent_email_rank,
    row_number() over (partition by identity.customer_key order by
        {{ living }}, case when record.consent_sms is null then 1 else 0 end, {{ newest }}) as consent_sms_rank
from {{ ref('int_customer_records') }} as record
inner join {{ ref('customer_identities') }} as identity on identity.record_key = record.record_key and identity.is_current
