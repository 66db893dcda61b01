{{ config(materialized='view') }}
-- Times are those of the runs that saw the change; a run is not nearer to when the platform changed than its schedule.
select
    version_id, customer_key, status, merged_into_key, type, household_key,
    full_name, first_name, last_name, birth_date, email, phone_e164,
    address_line1, city, region, postcode, country_code, company, consent_email, consent_sms,
    {{ written_in_utc('valid_from') }} as valid_from,
    {{ written_in_utc('valid_to') }} as valid_to,
    valid_to is null as is_current,
    run_id
from {{ ref('customer_versions') }}
