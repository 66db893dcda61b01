-- Every day from the first order or spend to today: the calendar that metrics are told by.
with bounds as (
    select min(day) as first_day, cast({{ run_at() }} as date) as last_day
    from (
        select min({{ utc_date('placed_at') }}) as day from {{ ref('orders') }}
        union all select min(date_day) from {{ ref('campaign_performance_daily') }}
        union all select {{ days_after('cast(' ~ run_at() ~ ' as date)', -30) }}
    ) as firsts
),

digits as (
    {%- for digit in range(10) %}
    select {{ digit }} as digit {{ 'union all' if not loop.last }}
    {%- endfor %}
),

offsets as (
    select ones.digit + 10 * tens.digit + 100 * hundreds.digit + 1000 * thousands.digit as days
    from digits as ones cross join digits as tens cross join digits as hundreds cross join digits as thousands
)

select {{ days_after('bounds.first_day', 'offsets.days') }} as date_day
from bounds
inner join offsets on {{ days_after('bounds.first_day', 'offsets.days') }} <= bounds.last_day
