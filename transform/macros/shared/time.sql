{% macro from_epoch(column) %}{{ return('to_timestamp(' ~ column ~ ')') }}{% endmacro %}

{# The calendar day in UTC. #}
{% macro utc_date(column) %}{{ return("cast((" ~ column ~ ") at time zone 'UTC' as date)") }}{% endmacro %}

{# Hours from one moment to another; negative if it came earlier. #}
{% macro hours_between(earlier, later) %}
    {{ return('(extract(epoch from (' ~ later ~ ' - ' ~ earlier ~ ')) / 3600.0)') }}
{% endmacro %}

{# The moment this run of dbt began, the same in every model. #}
{% macro run_at() %}{{ return("cast('" ~ run_started_at.strftime('%Y-%m-%d %H:%M:%S.%f') ~ "+00' as timestamp with time zone)") }}{% endmacro %}
