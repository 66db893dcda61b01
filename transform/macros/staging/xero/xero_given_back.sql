{# Common table expression `given_back`: money paid out to customers, of a credit note, an overpayment or a prepayment. The
   invoice is known where the credit note was applied to a single one.
   https://developer.xero.com/documentation/api/accounting/types#payment-types #}
{% macro xero_given_back() %}
    given_back as (
        select
            payment.*,
            note."Reference" as note_reference,
            case when {{ json_text('note."Allocations"', 1, 'Amount') }} is null
                then {{ json_text('note."Allocations"', 0, 'Invoice', 'InvoiceID') }} end as invoice_id,
            coalesce(
                {{ json_text('payment."CreditNote"', 'Contact', 'ContactID') }}, {{ json_text('note."Contact"', 'ContactID') }},
                {{ json_text('payment."Prepayment"', 'Contact', 'ContactID') }}, {{ json_text('payment."Overpayment"', 'Contact', 'ContactID') }}
            ) as contact_id,
            coalesce({{ json_text('payment."CreditNote"', 'CurrencyCode') }}, note."CurrencyCode",
                {{ json_text('payment."Prepayment"', 'CurrencyCode') }}, {{ json_text('payment."Overpayment"', 'CurrencyCode') }}) as currency,
            coalesce(
                'prepayments/' || {{ json_text('payment."Prepayment"', 'PrepaymentID') }},
                'overpayments/' || {{ json_text('payment."Overpayment"', 'OverpaymentID') }}
            ) as received_as,
            case when payment."Status" = 'DELETED' then coalesce(payment._sdc_deleted_at, payment."UpdatedDateUTC", payment._sdc_extracted_at)
                else payment._sdc_deleted_at end as deleted_at
        from {{ raw('xero', 'payments') }} as payment
        left join {{ raw('xero', 'credit_notes') }} as note
            on note."CreditNoteID" = {{ json_text('payment."CreditNote"', 'CreditNoteID') }} and note._connection_id = payment._connection_id
        where payment."PaymentType" in ('ARCREDITPAYMENT', 'AROVERPAYMENTPAYMENT', 'ARPREPAYMENTPAYMENT')
    )
{%- endmacro %}
