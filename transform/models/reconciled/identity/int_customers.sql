{{ config(materialized='view') }}
-- Every connected platform's customer records. The fingerprint changes with what a record says (not with when it was loaded), with
-- its further identifiers and with what records are compared by.
{% set said = entity_columns('customers').keys() | reject('equalto', '_loaded_at') | list %}
with records as (
    select *, {{ record_key() }} as record_key from ({{ union_members('customers') }}) as members
),

further as (
    select record_key, {{ listed("id_type || ':' || value_norm") }} as identifiers
    from {{ ref('int_further_identifiers') }} group by record_key
),

settings as (
    select
        {{ identity_settings() if execute }} as models,
        (select {{ chance_weight('count(*)') }} from records where deleted_at is null and record_type = 'person') as chance
        {%- for seed, columns in {
            'nicknames': ['nickname', 'first_name'], 'placeholders': ['kind', 'value'],
            'calling_codes': ['country_code', 'calling_code', 'trunk_prefix'], 'match_weights': ['comparison', 'level', 'weight'],
        }.items() %},
        (select sum(cast({{ hashed(columns) }} as numeric(38, 0))) from {{ ref(seed) }}) as {{ seed }}
        {%- endfor %}
)

select
    records.*,
    {{ hashed(said + ['identifiers', 'models', 'chance', 'nicknames', 'placeholders', 'calling_codes', 'match_weights']) }} as fingerprint
from records
cross join settings
left join further on further.record_key = records.record_key
