{# What of two records' features (aliases `one` and `other`) their likeness is judged by. #}
{% macro paired_features() %}
    {%- for column in ['first_norm', 'first_as_written', 'last_norm', 'birth', 'email_norm', 'phone_e164', 'street', 'city', 'postcode'] %}
        one.{{ column }} as one_{{ column }}, other.{{ column }} as other_{{ column }},
    {%- endfor %}
        coalesce(one.first_as_written = other.last_norm and one.last_norm = other.first_as_written, false) as swapped
{%- endmacro %}

{# The query that says how alike the records of the relation `paired` are, attribute by attribute. Last name, street and area are
   one comparison: a household shares all three, which is evidence once. #}
{% macro likeness(paired) %}
with levels as (
    select
        left_key, right_key,
        case
            when one_first_norm is null or other_first_norm is null then 'missing'
            when one_first_norm = other_first_norm or one_first_as_written = other_first_as_written then 'same'
            when swapped then 'swapped'
            when {{ starts_with('one_first_as_written', 'other_first_as_written') }}
                or {{ starts_with('other_first_as_written', 'one_first_as_written') }}
                or {{ starts_with('one_first_norm', 'other_first_norm') }}
                or {{ starts_with('other_first_norm', 'one_first_norm') }} then 'short'
            when {{ is_slip('one_first_as_written', 'other_first_as_written') }} then 'close'
            else 'differ'
        end as first_name,
        case
            when one_last_norm is null or other_last_norm is null or swapped then 'missing'
            when one_last_norm = other_last_norm then 'same'
            when {{ is_slip('one_last_norm', 'other_last_norm') }} then 'close'
            else 'differ'
        end as last_name,
        case
            when one_street is null or other_street is null then 'missing'
            when one_street = other_street then 'same'
            when levenshtein(one_street, other_street)
                <= greatest(2, floor(least(length(one_street), length(other_street)) * 0.25)) then 'close'
            else 'differ'
        end as street,
        case
            when coalesce(one_postcode, '') = '' and coalesce(one_city, '') = '' then 'missing'
            when other_postcode is null and other_city is null then 'missing'
            when one_postcode = other_postcode and levenshtein(one_city, other_city) <= 2 then 'same'
            when one_postcode = other_postcode or levenshtein(one_city, other_city) <= 2 then 'part'
            else 'differ'
        end as area,
        case
            when one_birth is null or other_birth is null then 'missing'
            when one_birth = other_birth then 'same'
            when levenshtein(one_birth, other_birth) <= 1 then 'close'
            when left(one_birth, 4) = left(other_birth, 4) and levenshtein(one_birth, other_birth) <= 2 then 'close'
            when levenshtein(one_birth, other_birth) <= 2 or left(one_birth, 4) = left(other_birth, 4)
                or right(one_birth, 4) = right(other_birth, 4) then 'part'
            else 'differ'
        end as birth_date,
        case
            when one_email_norm is null or other_email_norm is null then 'missing'
            when one_email_norm = other_email_norm then 'same'
            when length(split_part(one_email_norm, '@', 1)) >= 8 -- shorter ones are often only a first name or an office
                and split_part(one_email_norm, '@', 1) = split_part(other_email_norm, '@', 1) then 'close'
            when length(split_part(one_email_norm, '@', 1)) >= 8
                and levenshtein(left(one_email_norm, 80), left(other_email_norm, 80)) <= 2 then 'close'
            else 'differ'
        end as email,
        case
            when one_phone_e164 is null or other_phone_e164 is null then 'missing'
            when one_phone_e164 = other_phone_e164 then 'same'
            when levenshtein(one_phone_e164, other_phone_e164) <= 1 then 'close'
            else 'differ'
        end as phone
    from {{ paired }}
)

select
    left_key, right_key, first_name, last_name || '/' || street || '/' || area as household, birth_date, email, phone
from levels
{%- endmacro %}
