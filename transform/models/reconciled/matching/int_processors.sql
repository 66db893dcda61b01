-- Whether any processor's payments are there: 1 or 0.
select cast(count(*) as bigint) as payments
from (select 1 as one from {{ ref('int_payments') }} where is_processor limit 1) as one_of_them
