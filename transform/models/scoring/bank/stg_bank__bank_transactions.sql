select
    'bank.bookings' as source_relation,
    'bank' as platform,
    side as connection_id,
    side as account_id,
    'bookings' as source_object,
    id as source_record_id,
    side as bank_account,
    case side when 'left' then 'out' else 'in' end as direction,
    booked_on,
    amount,
    'USD' as currency,
    cast(null as text) as counterparty,
    memo,
    cast(null as text) as reference,
    cast(null as timestamp with time zone) as deleted_at,
    cast(null as timestamp with time zone) as _loaded_at
from {{ raw('bank', 'bookings') }} as bookings
