-- What campaigns brought per day of their account's own calendar, as clicks and spend are counted, by the model of the variable.
with zones as (
    select
        {{ campaign_key('source_campaign_id') }} as campaign_key, max(account_timezone) as account_timezone, max(currency) as currency
    from ({{ union_members('campaign_performance_daily') }}) as members
    where deleted_at is null
    group by 1
),

bought as (
    select
        *,
        customer_key is not null
            and row_number() over (partition by customer_key order by placed_at, order_key) = 1 as is_first_of_customer
    from {{ ref('orders') }} where is_counted
)

-- Revenue is compared with spend in the account's currency where the order has it, and in the base currency always.
select
    attribution.campaign_key,
    {{ local_date('bought.placed_at', "coalesce(zones.account_timezone, 'UTC')") }} as date_day,
    {{ amount('sum(attribution.share)') }} as orders,
    {{ amount('sum(case when bought.currency = zones.currency then bought.net * attribution.share end)') }} as revenue,
    {{ amount('sum(case when bought.currency <> zones.currency then attribution.share end)') }} as orders_in_other_currencies,
    {{ amount('sum(bought.net_base * attribution.share)') }} as revenue_base,
    {{ amount('sum(case when bought.is_first_of_customer then attribution.share end)') }} as new_customers
from {{ ref('order_attributions') }} as attribution
inner join bought on bought.order_key = attribution.order_key
inner join zones on zones.campaign_key = attribution.campaign_key
where attribution.model = '{{ var("attribution_model") }}'
group by 1, 2
