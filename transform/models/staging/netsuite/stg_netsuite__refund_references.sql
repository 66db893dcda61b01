-- What a refund refers to: ids of processors in its reference or memo, the number of an order, and the customer.
with source as (
    select *, coalesce(otherrefnum, '') || ' ' || coalesce(memo, '') || ' ' || coalesce(externalid, '') as written
    from {{ raw('netsuite', 'transactions') }} as transactions
    where type in ('CustRfnd', 'CashRfnd')
),

named as (
    select _connection_id, id, _sdc_deleted_at, _sdc_extracted_at, 'processor_id' as ref_type, word.item as value
    from source {{ id_words('source.written', 'word') }}
    union all
    select _connection_id, id, _sdc_deleted_at, _sdc_extracted_at, 'customer_id', entity from source
    {%- for column in ['otherrefnum', 'externalid', 'memo'] %}
    union all
    select _connection_id, id, _sdc_deleted_at, _sdc_extracted_at, 'order_number', {{ column }}
    from source where length({{ column }}) between 3 and 40
    {%- endfor %}
)

select
    {{ origin('netsuite', 'transactions') }},
    id as source_record_id,
    ref_type,
    value,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from named
where value <> ''
