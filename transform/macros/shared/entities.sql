{# What a staging model of an entity selects, in this order. #}
{% macro entity_columns(entity) %}
    {%- set text, money, moment, flag = 'text', 'numeric(38,9)', 'timestamp with time zone', 'boolean' -%}
    {%- set columns = {
        'source_relation': text, 'platform': text, 'connection_id': text, 'account_id': text, 'source_object': text,
        'source_record_id': text,
    } -%}
    {%- do columns.update({
        'customers': {
            'record_type': text, 'full_name': text, 'first_name': text, 'last_name': text, 'birth_date': 'date',
            'email': text, 'phone': text, 'address_line1': text, 'city': text, 'region': text, 'postcode': text,
            'country_code': text, 'company': text, 'consent_email': flag, 'consent_sms': flag,
            'created_at': moment, 'updated_at': moment,
        },
        'customer_identifiers': {'id_type': text, 'value': text},
        'products': {
            'source_product_id': text, 'sku': text, 'gtin': text, 'mpn': text, 'brand': text, 'title': text,
            'variant_title': text, 'category': text, 'status': text, 'price': money, 'cost': money, 'currency': text,
            'created_at': moment, 'updated_at': moment,
        },
        'orders': {
            'order_number': text, 'source_customer_id': text, 'email': text, 'phone': text, 'channel': text,
            'is_test': flag, 'placed_at': moment, 'cancelled_at': moment, 'status': text, 'financial_status': text,
            'fulfilment_status': text, 'currency': text, 'subtotal': money, 'discount': money, 'shipping': money,
            'tax': money, 'tip': money, 'total': money, 'refunded': money, 'presentment_currency': text,
            'presentment_total': money, 'utm_source': text, 'utm_medium': text, 'utm_campaign': text, 'utm_term': text,
            'utm_content': text, 'click_ids': text, 'updated_at': moment,
        },
        'order_references': {'value': text},
        'order_lines': {
            'source_order_id': text, 'source_product_id': text, 'source_variant_id': text, 'sku': text, 'title': text,
            'variant_title': text, 'quantity': 'bigint', 'unit_price': money, 'line_subtotal': money, 'discount': money,
            'tax': money, 'line_total': money, 'refunded_quantity': 'bigint', 'is_gift_card': flag, 'currency': text,
        },
        'payments': {
            'source_parent_id': text, 'source_order_id': text, 'source_customer_id': text, 'source_invoice_id': text,
            'source_balance_id': text, 'email': text, 'gateway': text, 'method': text, 'kind': text, 'status': text,
            'gateway_reference': text, 'amount': money, 'currency': text, 'fee': money, 'net': money,
            'settlement_currency': text, 'is_processor': flag, 'is_offline': flag, 'is_test': flag,
            'processed_at': moment,
        },
        'payment_references': {'ref_type': text, 'value': text},
        'refunds': {
            'source_order_id': text, 'source_order_line_id': text, 'source_payment_id': text, 'status': text,
            'amount': money, 'tax': money, 'shipping': money, 'currency': text, 'reason': text, 'is_processor': flag,
            'processed_at': moment,
        },
        'refund_references': {'ref_type': text, 'value': text},
        'payouts': {
            'destination': text, 'trace_id': text, 'status': text, 'amount': money, 'currency': text,
            'arrival_date': 'date', 'created_at': moment,
        },
        'payout_items': {
            'source_payout_id': text, 'source_payment_id': text, 'source_refund_id': text, 'category': text,
            'gross': money, 'fee': money, 'net': money, 'currency': text, 'occurred_at': moment,
        },
        'bank_transactions': {
            'bank_account': text, 'direction': text, 'booked_on': 'date', 'amount': money, 'currency': text,
            'counterparty': text, 'memo': text, 'reference': text,
        },
        'campaigns': {
            'name': text, 'native_level': text, 'objective': text, 'status': text, 'channel': text,
            'utm_campaign': text, 'start_date': 'date', 'end_date': 'date', 'budget': money, 'currency': text,
        },
        'exchange_rates': {
            'from_currency': text, 'to_currency': text, 'rate_date': 'date', 'rate': 'numeric(28,12)',
        },
        'touches': {
            'source_order_id': text, 'source_customer_id': text, 'touched_at': moment, 'utm_source': text,
            'utm_medium': text, 'utm_campaign': text, 'click_ids': text,
        },
        'campaign_clicks': {'click_id': text, 'source_campaign_id': text, 'clicked_on': 'date'},
        'campaign_performance_daily': {
            'source_campaign_id': text, 'date_day': 'date', 'account_timezone': text, 'ad_group_id': text, 'ad_id': text, 'country': text,
            'currency': text, 'impressions': 'bigint', 'clicks': 'bigint', 'spend': money,
            'platform_conversions': money, 'platform_conversion_value': money, 'attribution_window': text,
            'is_final': flag,
        },
    }[entity]) -%}
    {%- do columns.update({'deleted_at': moment, '_loaded_at': moment}) -%}
    {{ return(columns) }}
{% endmacro %}
