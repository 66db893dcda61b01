{# Order lines with their gross price and discount in minor units. A line is one piece, unless it is sold by a unit,
   of which it holds thousandths; a discount is an amount or a share of the line. #}
{% macro clover_lines() %}
    select
        line.*,
        case when line."unitName" <> '' then coalesce(line."unitQty", 1000) / 1000.0 else 1 end as pieces,
        round((line.price + coalesce(extra.amount, 0))
            * case when line."unitName" <> '' then coalesce(line."unitQty", 1000) / 1000.0 else 1 end) as gross,
        coalesce(less.amount, 0) + round((line.price + coalesce(extra.amount, 0)) * coalesce(less.share, 0)
            * case when line."unitName" <> '' then coalesce(line."unitQty", 1000) / 1000.0 else 1 end) as discount
    from {{ raw('clover', 'line_items') }} as line
    left join (
        select _connection_id, line_item_id, sum(amount) as amount
        from {{ raw('clover', 'line_item_modifications') }} as line_item_modifications where _sdc_deleted_at is null
        group by _connection_id, line_item_id
    ) as extra on extra.line_item_id = line.id and extra._connection_id = line._connection_id
    left join (
        select _connection_id, line_item_id, -sum(amount) as amount, {{ clover_share() }} as share
        from {{ raw('clover', 'line_item_discounts') }} as line_item_discounts where _sdc_deleted_at is null
        group by _connection_id, line_item_id
    ) as less on less.line_item_id = line.id and less._connection_id = line._connection_id
{% endmacro %}

{# The sum of percentages as a share of one; with an amount beside it the percentage is only how it came about. #}
{% macro clover_share() %}
    {{ return('sum(case when amount is null then coalesce("percentageDecimal" / 1000000.0, percentage / 100.0, 0) else 0 end)') }}
{% endmacro %}
