-- What a settlement batch is made of: every line but the payout itself.
with lines as (
    select
        *,
        coalesce(net_credit_nc, 0) - coalesce(net_debit_nc, 0) as net,
        coalesce(commission_nc, 0) + coalesce(markup_nc, 0) + coalesce(scheme_fees_nc, 0) + coalesce(interchange_nc, 0) as fee,
        row_number() over (
            partition by _connection_id, merchant_account, batch
            order by creation_date, type, psp_reference, modification_reference, net_credit_nc, net_debit_nc
        ) as place
    from {{ raw('adyen', 'settlement_details') }} as settlement_details
    where type <> 'MerchantPayout' and _sdc_deleted_at is null
)

select
    {{ origin('adyen', 'settlement_details', account='merchant_account') }},
    merchant_account || ':' || batch || ':' || place as source_record_id,
    {{ adyen_payout_id() }} as source_payout_id,
    case when type in ('Settled', 'SettledExternally') then psp_reference end as source_payment_id,
    case when type in ('Refunded', 'RefundedExternally') then modification_reference end as source_refund_id,
    case
        when type in ('Settled', 'SettledExternally') then 'charge'
        when type in ('Refunded', 'RefundedExternally') then 'refund'
        when type like 'Chargeback%' or type = 'SecondChargeback' then 'dispute'
        else lower(type)
    end as category,
    ---------- money, in the currency paid out
    {{ amount('net + fee') }} as gross,
    {{ amount('fee') }} as fee,
    {{ amount('net') }} as net,
    net_currency as currency,
    ---------- when
    {{ adyen_booked_at('creation_date', 'time_zone') }} as occurred_at,
    _sdc_deleted_at as deleted_at,
    _sdc_extracted_at as _loaded_at
from lines
