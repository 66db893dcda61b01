{# The columns by which a payment, a sales receipt and an invoice say how the money came; `from` is the alias of the raw table. #}
{% macro quickbooks_receipt(from) %}
    {{ from }}._connection_id,
    {{ json_text(from ~ '."CustomerRef"', 'value') }} as customer_id,
    {{ json_text(from ~ '."DepositToAccountRef"', 'value') }} as deposit_account,
    {{ json_text(from ~ '."PaymentMethodRef"', 'value') }} as method_id,
    {{ json_text(from ~ '."PaymentMethodRef"', 'name') }} as method_name,
    {{ from }}."PaymentType" as payment_type,
    {{ from }}."PaymentRefNum" as reference,
    {{ json_text(from ~ '."CurrencyRef"', 'value') }} as currency,
    {{ from }}."TxnDate" as booked_on,
    {{ from }}._sdc_deleted_at as deleted_at,
    {{ from }}._sdc_extracted_at as _loaded_at
{%- endmacro %}
