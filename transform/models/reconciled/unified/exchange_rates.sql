{{ config(meta={'tells': {'day': on_day('currency', 'date_day')}}) }}
{% set base = var('base_currency') %}
{% set oldest = var('exchange_rate_days') %}

-- A source with several rates of a pair on a day (sales, settlements) gives their mean.
with given as (
    select 1 as priority, 'own_exchange_rates' as source, upper(from_currency) as from_currency, upper(to_currency) as to_currency,
        rate_date, rate
    from {{ ref('own_exchange_rates') }}
    {% if var('exchange_rates_table') %}
    union all
    select 2, '{{ var("exchange_rates_table") }}', upper(from_currency), upper(to_currency), cast(rate_date as date),
        cast(rate as numeric(28,12))
    from {{ var('exchange_rates_table') }}
    {% endif %}
    union all
    select 3, platform, from_currency, to_currency, rate_date, cast(avg(rate) as numeric(28,12))
    from {{ ref('int_exchange_rates') }}
    where deleted_at is null and rate > 0
    group by platform, from_currency, to_currency, rate_date
),

both_ways as (
    select priority, source, from_currency, to_currency, rate_date, rate, 'direct' as rule from given
    union all
    select priority, source, to_currency, from_currency, rate_date, cast(1 / cast(rate as double precision) as numeric(28,12)), 'inverse'
    from given
),

to_base as (
    select from_currency as currency, rate_date, rate, priority, source, rule, cast(null as text) as via
    from both_ways where to_currency = '{{ base }}'
    union all
    select
        one.from_currency, one.rate_date,
        cast(cast(one.rate as double precision) * cast(other.rate as double precision) as numeric(28,12)),
        one.priority, one.source, 'cross', one.to_currency
    from both_ways as one
    inner join both_ways as other
        on other.from_currency = one.to_currency and other.rate_date = one.rate_date and other.source = one.source
        and other.to_currency = '{{ base }}'
    where one.from_currency <> '{{ base }}' and one.to_currency <> '{{ base }}'
),

chosen as (
    select *, row_number() over (
        partition by currency, rate_date
        order by priority, case rule when 'direct' then 1 when 'inverse' then 2 else 3 end, via, source
    ) as place
    from to_base where currency <> '{{ base }}'
),

-- A rate holds until the next one, but not for ever: weekends and holidays have none.
spans as (
    select *, lead(rate_date) over (partition by currency order by rate_date) as next_date from chosen where place = 1
),

offsets as (
    {%- for days in range(oldest + 1) %}
    select {{ days }} as days {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    spans.currency,
    {{ days_after('spans.rate_date', 'offsets.days') }} as date_day,
    '{{ base }}' as base_currency,
    spans.rate,
    spans.rate_date,
    spans.rule,
    spans.via as via_currency,
    spans.source,
    '{{ invocation_id }}' as run_id
from spans
inner join offsets on spans.next_date is null or {{ days_after('spans.rate_date', 'offsets.days') }} < spans.next_date
