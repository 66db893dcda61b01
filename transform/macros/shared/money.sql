{# An integer in minor units as an exact amount; the query joins `currencies` as `currency` (or the name given). #}
{% macro money(minor_units, currency='currency') %}
    {{ return('cast(cast(' ~ minor_units ~ ' as numeric(28,0)) * ' ~ currency ~ '.minor_unit as numeric(38,9))') }}
{% endmacro %}

{# An integer in millionths as an exact amount. #}
{% macro micros(column) %}
    {{ return('cast(cast(' ~ column ~ ' as numeric(28,0)) * cast(0.000001 as numeric(7,6)) as numeric(38,9))') }}
{% endmacro %}

{% macro amount(expression) %}{{ return('cast(' ~ expression ~ ' as numeric(38,9))') }}{% endmacro %}

{# One amount per unit of another, to four places; null where there is none of the other. #}
{% macro ratio(amount, per) %}
    {{ return('cast(cast(' ~ amount ~ ' as double precision) / nullif(cast(' ~ per ~ ' as double precision), 0) as numeric(38,4))') }}
{% endmacro %}
