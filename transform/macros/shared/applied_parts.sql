{# The common table expressions that split money by what it was applied to: a part for each order, and the rest that no order
   has taken yet. Credits that were applied together with the money pay before it, so that the parts always add up to the money.
   `bookings` has connection_id, booking_id and total; `applied` has connection_id, booking_id, order_id and amount; the result
   is a CTE of the given name with connection_id, booking_id, order_id and amount. #}
{% macro applied_parts(name, bookings, applied) %}
    {{ name }}_taken as (
        select connection_id, booking_id, order_id, sum(amount) as amount
        from {{ applied }} where amount > 0 group by connection_id, booking_id, order_id
    ),
    {{ name }}_reached as (
        select
            taken.connection_id, taken.booking_id, taken.order_id, taken.amount, bookings.total,
            sum(taken.amount) over (
                partition by taken.connection_id, taken.booking_id order by taken.order_id
                rows between unbounded preceding and current row
            ) as reached,
            sum(taken.amount) over (partition by taken.connection_id, taken.booking_id) as whole
        from {{ name }}_taken as taken
        inner join {{ bookings }} as bookings
            on bookings.connection_id = taken.connection_id and bookings.booking_id = taken.booking_id
    ),
    {{ name }} as (
        select connection_id, booking_id, order_id, least(amount, reached - greatest(whole - total, 0)) as amount
        from {{ name }}_reached
        where reached > greatest(whole - total, 0)
        union all
        select bookings.connection_id, bookings.booking_id, null, bookings.total - coalesce(applied.whole, 0)
        from {{ bookings }} as bookings
        left join (select distinct connection_id, booking_id, whole from {{ name }}_reached) as applied
            on applied.connection_id = bookings.connection_id and applied.booking_id = bookings.booking_id
        where bookings.total > coalesce(applied.whole, 0)
    )
{%- endmacro %}
