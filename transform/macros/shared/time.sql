{% macro from_epoch(column) %}{{ return(adapter.dispatch('from_epoch')(column)) }}{% endmacro %}
{% macro default__from_epoch(column) %}{{ return('to_timestamp(' ~ column ~ ')') }}{% endmacro %}
{% macro spark__from_epoch(column) %}{{ return('timestamp_seconds(' ~ column ~ ')') }}{% endmacro %}

{# Seconds since 1970 of a moment, with fractions. #}
{% macro to_epoch(moment) %}{{ return(adapter.dispatch('to_epoch')(moment)) }}{% endmacro %}
{% macro default__to_epoch(moment) %}{{ return('extract(epoch from ' ~ moment ~ ')') }}{% endmacro %}
{% macro spark__to_epoch(moment) %}{{ return('(unix_micros(' ~ moment ~ ') / 1e6)') }}{% endmacro %}

{# The calendar day in UTC. #}
{% macro utc_date(column) %}{{ return(local_date(column, "'UTC'")) }}{% endmacro %}

{# The calendar day in a time zone, an expression with its IANA name. #}
{% macro local_date(moment, zone) %}{{ return(adapter.dispatch('local_date')(moment, zone)) }}{% endmacro %}
{% macro default__local_date(moment, zone) %}{{ return('cast((' ~ moment ~ ') at time zone ' ~ zone ~ ' as date)') }}{% endmacro %}
{% macro spark__local_date(moment, zone) %}{{ return('cast(from_utc_timestamp(' ~ moment ~ ', ' ~ zone ~ ') as date)') }}{% endmacro %}

{# The moment at which clocks in a time zone show what is written as if it were UTC. #}
{% macro from_local(written, zone) %}{{ return(adapter.dispatch('from_local')(written, zone)) }}{% endmacro %}
{% macro default__from_local(written, zone) %}{{ return('((' ~ written ~ " at time zone 'UTC') at time zone " ~ zone ~ ')') }}{% endmacro %}
{% macro spark__from_local(written, zone) %}{{ return('to_utc_timestamp(' ~ written ~ ', ' ~ zone ~ ')') }}{% endmacro %}

{# The moment of a timestamp without a zone that is written in UTC, as snapshots keep it; on Spark it is one already. #}
{% macro written_in_utc(written) %}{{ return(adapter.dispatch('written_in_utc')(written)) }}{% endmacro %}
{% macro default__written_in_utc(written) %}
    {{ return('cast(' ~ written ~ " at time zone 'UTC' as timestamp with time zone)") }}
{% endmacro %}
{% macro spark__written_in_utc(written) %}{{ return(written) }}{% endmacro %}

{# Hours from one moment to another; negative if it came earlier. #}
{% macro hours_between(earlier, later) %}{{ return(adapter.dispatch('hours_between')(earlier, later)) }}{% endmacro %}
{% macro default__hours_between(earlier, later) %}
    {{ return('(extract(epoch from (' ~ later ~ ' - ' ~ earlier ~ ')) / 3600.0)') }}
{% endmacro %}
{% macro spark__hours_between(earlier, later) %}
    {{ return('((unix_micros(' ~ later ~ ') - unix_micros(' ~ earlier ~ ')) / 3.6e9)') }}
{% endmacro %}

{# The number of the spell of so many hours in which a moment lies, or in which it lay some hours before. #}
{% macro spell_of(moment, hours, before=0) %}
    {{ return('cast(floor((' ~ to_epoch(moment) ~ ' - ' ~ 3600 * before ~ ') / ' ~ 3600 * [hours, 1] | max ~ ') as bigint)') }}
{% endmacro %}

{# Days from one date to another; negative if it came earlier. #}
{% macro days_between(earlier, later) %}{{ return(adapter.dispatch('days_between')(earlier, later)) }}{% endmacro %}
{% macro default__days_between(earlier, later) %}{{ return('(' ~ later ~ ' - ' ~ earlier ~ ')') }}{% endmacro %}
{% macro spark__days_between(earlier, later) %}{{ return('datediff(' ~ later ~ ', ' ~ earlier ~ ')') }}{% endmacro %}

{# The moment this run of dbt began, the same in every model. #}
{% macro run_at() %}{{ return("cast('" ~ run_started_at.strftime('%Y-%m-%d %H:%M:%S.%f') ~ "+00' as timestamp with time zone)") }}{% endmacro %}

{# The first day of the calendar month in UTC. #}
{% macro month_of(column) %}{{ return("cast(date_trunc('month', " ~ utc_date(column) ~ ") as date)") }}{% endmacro %}
