-- The weight from which a pair of records merges.
select cast({{ chance_weight('count(*)') }} + {{ var('match_margin') }} as double precision) as weight
from {{ ref('int_customer_features') }}
