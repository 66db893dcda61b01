-- Identifiers that a record has beside those of its own row: more mailboxes, ids on other platforms,
-- web addresses and tax numbers.
with given as (
    select
        {{ record_key() }} as record_key,
        id_type,
        case id_type
            when 'email' then {{ normalise_email('value') }}
            when 'domain' then {{ normalise_domain('value') }}
            when 'tax_id' then {{ normalise_tax_id('value') }}
            else value
        end as value_norm
    from ({{ union_members('customer_identifiers') }}) as members
    where deleted_at is null
)

select distinct given.record_key, given.id_type, given.value_norm
from given
left join {{ ref('placeholders') }} as placeholder
    on placeholder.kind = given.id_type and placeholder.value = given.value_norm
where given.value_norm is not null and placeholder.value is null
