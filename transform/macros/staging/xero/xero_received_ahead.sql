{# Common table expressions: `ahead`, money received before an invoice or beyond it, and `ahead_parts`, what of it each invoice
   took and what none has taken yet. Types that begin with SPEND- or AP are the own payments ahead to suppliers.
   https://developer.xero.com/documentation/api/accounting/types#prepayment-types #}
{% macro xero_received_ahead() %}
    ahead as (
        {%- for stream, id in [('prepayments', 'PrepaymentID'), ('overpayments', 'OverpaymentID')] %}
        select
            _connection_id as connection_id, '{{ stream }}/' || "{{ id }}" as booking_id, {{ amount('"Total"') }} as total,
            {{ json_text('"Contact"', 'ContactID') }} as contact_id, "Reference" as reference, "CurrencyCode" as currency,
            "Date" as booked_on, "Allocations" as allocations, '{{ stream }}' as stream,
            case when "Status" = 'VOIDED' then coalesce(_sdc_deleted_at, "UpdatedDateUTC", _sdc_extracted_at) else _sdc_deleted_at end
                as deleted_at,
            _sdc_extracted_at as _loaded_at
        from {{ raw('xero', stream) }} as {{ stream }}
        where "Type" like 'RECEIVE%' or "Type" like 'AR%'
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ),

    ahead_applied as (
        select
            ahead.connection_id, ahead.booking_id, {{ json_text('allocation.item', 'Invoice', 'InvoiceID') }} as order_id,
            {{ amount(json_text('allocation.item', 'Amount')) }} as amount
        from ahead
        {{ json_items('ahead.allocations', 'allocation') }}
        where coalesce({{ json_text('allocation.item', 'IsDeleted') }}, 'false') <> 'true'
    ),

    {{ applied_parts('ahead_parts', 'ahead', 'ahead_applied') }}
{%- endmacro %}
