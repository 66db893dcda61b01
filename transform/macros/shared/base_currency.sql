{# Amounts in the base currency, by the rate of the day on which they arose. The query joins `exchange_rates` by
   `rate_join`; without a rate the amount is null. #}
{% macro in_base(amount, currency, rates='fx') %}
    {{ return('cast(' ~ amount ~ ' * ' ~ base_rate(currency, rates) ~ ' as numeric(38,9))') }}
{% endmacro %}

{% macro base_rate(currency, rates='fx') %}
    {{ return("(case when " ~ currency ~ " = '" ~ var('base_currency') ~ "' then 1 else " ~ rates ~ '.rate end)') }}
{% endmacro %}

{# The columns that every table with amounts has beside its `<amount>_base`. #}
{% macro base_columns(currency, rates='fx') %}
    '{{ var("base_currency") }}' as base_currency,
    cast({{ base_rate(currency, rates) }} as numeric(28,12)) as fx_rate,
    {{ rates }}.rate_date as fx_date
{%- endmacro %}

{% macro rate_join(currency, day, rates='fx') %}
    left join {{ ref('exchange_rates') }} as {{ rates }} on {{ rates }}.currency = {{ currency }} and {{ rates }}.date_day = {{ day }}
{%- endmacro %}

{# A day some days later. #}
{% macro days_after(day, days) %}{{ return(adapter.dispatch('days_after')(day, days)) }}{% endmacro %}
{% macro default__days_after(day, days) %}{{ return('cast(' ~ day ~ ' + ' ~ days ~ ' as date)') }}{% endmacro %}
