-- A currency has one rate on a day, or amounts would be multiplied.
select currency, date_day from {{ ref('exchange_rates') }} group by currency, date_day having count(*) > 1
