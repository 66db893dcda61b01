{% macro raw_columns__bank() %}
    {{ return({'bookings': 'id:string side:string memo:string booked_on:date amount:decimal'}) }}
{% endmacro %}

{% macro staging_models__bank() %}{{ return(['stg_bank__bank_transactions']) }}{% endmacro %}
{% macro category__bank() %}{{ return('accounting') }}{% endmacro %}
