{# What is asked of an entity's rows: columns that should be filled, and conditions that filled ones should meet. #}
{% macro quality_rules(entity) %}
    {%- set currency = {'currency': "currency in (select code from " ~ ref('currencies') ~ ")"} -%}
    {%- set rules = {
        'customers': {
            'filled': ['full_name', 'email', 'phone', 'country_code', 'created_at'],
            'valid': {'email': "email like '%_@_%._%'", 'country_code': "length(country_code) = 2"},
        },
        'products': {'filled': ['title', 'sku', 'price'], 'valid': dict(currency, price='price >= 0')},
        'orders': {
            'filled': ['order_number', 'source_customer_id', 'placed_at', 'currency', 'total'],
            'valid': dict(currency, total='total >= 0', placed_at='placed_at <= _loaded_at'),
        },
        'order_lines': {'filled': ['source_order_id', 'sku', 'quantity', 'line_total'], 'valid': dict(currency, quantity='quantity >= 0')},
        'payments': {
            'filled': ['amount', 'currency', 'status', 'processed_at'],
            'valid': dict(currency, amount='amount >= 0', processed_at='processed_at <= _loaded_at'),
        },
        'refunds': {'filled': ['amount', 'currency', 'processed_at'], 'valid': dict(currency, amount='amount >= 0')},
        'payouts': {'filled': ['amount', 'currency', 'status', 'arrival_date'], 'valid': currency},
        'payout_items': {'filled': ['source_payout_id', 'net', 'currency'], 'valid': currency},
        'campaigns': {'filled': ['name', 'status', 'channel'], 'valid': {'end_date': 'end_date >= start_date'}},
        'campaign_performance_daily': {
            'filled': ['source_campaign_id', 'date_day', 'spend', 'currency'],
            'valid': dict(currency, spend='spend >= 0', clicks='clicks >= 0'),
        },
    } -%}
    {{ return(rules.get(entity)) }}
{% endmacro %}
