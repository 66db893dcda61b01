{# An amount in the vendor's minor units, which are not ISO 4217's: some currencies with decimals are counted in whole units.
   https://developers.facebook.com/docs/marketing-api/currencies #}
{% macro meta_money(minor_units, currency) %}
    {{ return('cast(cast(' ~ minor_units ~ ' as numeric(28,0)) * case when ' ~ currency
        ~ " in ('CLP', 'COP', 'CRC', 'HUF', 'ISK', 'IDR', 'JPY', 'KRW', 'PYG', 'TWD', 'VND') then cast(1 as numeric(4,2))"
        ~ ' else cast(0.01 as numeric(4,2)) end as numeric(38,9))') }}
{% endmacro %}
