-- What payments and orders are called on other platforms, with the key of the payment.
{{ config(meta={'key': 'payment_key', 'tells': ['payment_key', 'value']}) }}
{{ touched([told_members('payment_references')]) }}
select
    {{ record_key(from='named') }} as payment_key,
    named.platform,
    named.ref_type,
    case named.ref_type
        when 'processor_id' then named.value
        when 'order_id' then regexp_replace(trim(named.value), '^.*/', '')
        else upper({{ replace_all('named.value', '[^A-Za-z0-9]') }})
    end as value
from ({{ union_members('payment_references') }}) as named
where named.deleted_at is null and {{ only(record_key(from='named')) }}
