{# The common table expressions that say which bookings of the books only repeat money that a shop or a processor recorded; the
   result is a CTE of the given name with booking_key and original_key.
   `bookings` and `originals` have key, order_key, customer_key, email_norm, amount, currency and moved_at, each row money that
   moved; `named` has booking_key, original_key and by_id: what a booking's references name, by the id of the money itself or by
   the number of its order.
   First one to one: the id names it; the order's number names it, or it belongs to the same order, with the same amount; the
   same person and amount within three days, unless each has an order of its own. Then what is left of an order's bookings repeats what is left of its originals
   (a card and a voucher booked as one sum), unless the order comes to all of it together (half by card, half by bank). #}
{% macro booking_mirrors(name, bookings, originals, named) %}
    {%- set hours = 'abs(' ~ hours_between('original.moved_at', 'booking.moved_at') ~ ')' %}
    {%- set alike = 'original.amount = booking.amount and original.currency = booking.currency' %}
    {{ name }}_pairs as (
        select booking.key as left_key, original.key as right_key,
            case when named.by_id then 3000 when {{ alike }} then 2000 end
                + case when {{ alike }} then 1000 else 0 end - {{ hours }} as weight
        from {{ named }} as named
        inner join {{ bookings }} as booking on booking.key = named.booking_key
        inner join {{ originals }} as original on original.key = named.original_key
        where {{ hours }} <= 24 * 31 and (named.by_id or {{ alike }})
        union all
        select booking.key, original.key, 2000 - least({{ hours }}, 1000)
        from {{ bookings }} as booking
        inner join {{ originals }} as original on original.order_key = booking.order_key and {{ alike }}
        union all
        {%- for person in ['customer_key', 'email_norm'] %}
        select booking.key, original.key, -{{ hours }}
        from {{ bookings }} as booking
        inner join {{ originals }} as original on {{ alike }} and original.{{ person }} = booking.{{ person }}
        where {{ hours }} <= 24 * 3 and coalesce(original.order_key = booking.order_key, true)
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ),
    {{ name }}_weighed as {{ once() }} (
        select left_key, right_key, max(weight) as weight from {{ name }}_pairs group by left_key, right_key
    ),
    {{ one_to_one(name ~ '_paired', name ~ '_weighed') }},
    {{ name }}_originals_left as (
        select order_key, key, row_number() over (partition by order_key order by amount desc, key) as place
        from {{ originals }} as original
        where order_key is not null
            and not exists (select 1 from {{ name }}_paired as paired where paired.right_key = original.key)
    ),
    {{ name }}_bookings_left as {{ once() }} (
        select * from {{ bookings }} as booking
        where order_key is not null and not exists (select 1 from {{ name }}_paired as paired where paired.left_key = booking.key)
    ),
    {{ name }}_together as (
        select order_key, currency, sum(amount) as amount, count(currency) over (partition by order_key) as currencies
        from (
            select order_key, currency, amount from {{ name }}_bookings_left
            union all
            select order_key, currency, amount from {{ originals }}
        ) as money
        group by order_key, currency
    ),
    {{ name }} as (
        select left_key as booking_key, right_key as original_key from {{ name }}_paired
        union all
        select booking.key, original.key
        from {{ name }}_bookings_left as booking
        inner join {{ name }}_originals_left as original on original.order_key = booking.order_key and original.place = 1
        inner join {{ ref('int_orders') }} as orders on orders.order_key = booking.order_key
        inner join {{ name }}_together as together
            on together.order_key = booking.order_key and together.currency = booking.currency
        where together.currencies > 1 or together.amount - {{ var('reconciliation_tolerance') }}
            > case when booking.currency = orders.presentment_currency then orders.presentment_total else orders.total end
    )
{%- endmacro %}
