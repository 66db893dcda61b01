-- Bank transactions and what stands behind them, one to one. Weights are bits: how much more likely the agreement is for a
-- true pair than by chance. That of a common beginning is how rare the beginning is.
{% set lengths = memo_lengths() %}
{% set ratio = 'abs(ln(cast(bank.amount as double precision) / cast(movement.amount as double precision)))' %}
{% set days = days_between('movement.moved_on', 'bank.booked_on') %}

with bank as {{ once() }} (
    select *, {{ memo_norm('coalesce(memo, counterparty)') }} as memo_norm,
        platform || '|' || connection_id || '|' || coalesce(bank_account, '') as account
    from {{ ref('int_bank_transactions') }}
    where direction = 'in' and deleted_at is null and amount > 0 and booked_on is not null
),

texts as (
    select memo_norm from bank where memo_norm is not null
    union all
    select memo_norm from {{ ref('int_bank_counterparts') }} where memo_norm is not null
),

beginnings as {{ once() }} (
    {%- for length in lengths %}
    select {{ length }} as size, left(memo_norm, {{ length }}) as beginning, count(*) as seen
    from texts where length(memo_norm) >= {{ length }} group by left(memo_norm, {{ length }})
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Few texts would make every one of them look common.
everything as (select greatest(count(*), 1000) as texts from texts),

movement as {{ once() }} (
    select
        movement.*,
        {%- for length in lengths %}
        ln(cast(everything.texts as double precision) / size_{{ length }}.seen) / ln(2) as bits_{{ length }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_bank_counterparts') }} as movement
    cross join everything
    {%- for length in lengths %}
    left join beginnings as size_{{ length }}
        on size_{{ length }}.size = {{ length }} and size_{{ length }}.beginning = left(movement.memo_norm, {{ length }})
        and length(movement.memo_norm) >= {{ length }}
    {%- endfor %}
),

candidates as (
    {%- for block in ['left(bank.memo_norm, 2) = left(movement.memo_norm, 2)', 'bank.amount = movement.amount'] %}
    select
        movement.movement_key as left_key, bank.bank_transaction_key as right_key,
        greatest(0
            {%- for length in lengths %},
            case when left(bank.memo_norm, {{ length }}) = left(movement.memo_norm, {{ length }}) then movement.bits_{{ length }} end
            {%- endfor %}) as memo_bits,
        case
            when bank.amount = movement.amount then 8 when {{ ratio }} <= 0.005 then 5.5 when {{ ratio }} <= 0.02 then 4
            when {{ ratio }} <= 0.05 then 2.5 when {{ ratio }} <= 0.1 then 0 else -4
        end as amount_bits,
        case when {{ days }} between 0 and 2 then 3 when {{ days }} between 3 and 6 then 0 when {{ days }} between -3 and 21 then -3
            else -6 end as days_bits,
        case when movement.reference is not null and length(movement.reference) >= 6
            and (bank.reference = movement.reference or bank.memo like '%' || movement.reference || '%') then 40 else 0 end as reference_bits
    from bank
    inner join movement
        on movement.currency = bank.currency and (movement.account is null or movement.account <> bank.account)
        and {{ block }}
        and {{ days }} between -3 and {{ var('bank_match_days') }}
        and bank.amount between movement.amount * 0.85 and movement.amount * 1.15
    {{ 'union' if not loop.last }}
    {%- endfor %}
),

weighed as {{ once() }} (
    select left_key, right_key, memo_bits + amount_bits + days_bits + reference_bits as weight
    from candidates
    where memo_bits + amount_bits + days_bits + reference_bits >= {{ var('bank_match_weight') }}
),

{{ one_to_one('paired', 'weighed') }}

select paired.right_key as bank_transaction_key, paired.left_key as movement_key, movement.entity, paired.weight
from paired
inner join {{ ref('int_bank_counterparts') }} as movement on movement.movement_key = paired.left_key
