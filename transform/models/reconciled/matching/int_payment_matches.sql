-- Which order a processor's payment pays. A shared reference decides before metadata, metadata before likeness.
-- Each way in which two may belong together is a join of its own: an engine that finds "or" between them compares everything with
-- everything.
{{ config(meta={'tells': ['payment_key', 'order_key']}) }}
{% set hours = var('payment_hours_before_order') + var('payment_hours_after_order') %}
{% set in_time %}{{ hours_between('asked.placed_at', 'payment.processed_at') }}
            between -{{ var('payment_hours_before_order') }} and {{ var('payment_hours_after_order') }}{% endset %}
with orders as {{ once() }} (
    select *, upper({{ replace_all('order_number', '[^A-Za-z0-9]') }}) as number_norm,
        regexp_replace(source_record_id, '^.*/', '') as id_norm
    from {{ ref('int_orders') }} as int_orders
    where deleted_at is null
        and not exists (select 1 from {{ ref('int_order_mirrors') }} as mirror where mirror.order_key = int_orders.order_key)
),

payments as {{ once() }} (select * from {{ ref('int_payments') }} where is_processor and deleted_at is null),

by_reference as (
    select payments.payment_key, orders.order_key, 1 as tier, 'shared_reference' as match_rule
    from payments
    inner join {{ ref('int_payment_references') }} as own on own.payment_key = payments.payment_key and own.ref_type = 'processor_id'
    inner join {{ ref('int_payment_references') }} as elsewhere
        on elsewhere.ref_type = 'processor_id' and elsewhere.value = own.value and elsewhere.payment_key <> own.payment_key
    inner join {{ ref('int_payments') }} as shop on shop.payment_key = elsewhere.payment_key and not shop.is_processor
    inner join orders on orders.order_key = shop.own_order_key
),

by_metadata as (
    {%- for ref_type, own in {'order_id': 'id_norm', 'order_number': 'number_norm'}.items() %}
    select payments.payment_key, orders.order_key, 2 as tier, 'metadata_{{ ref_type }}' as match_rule
    from payments
    inner join {{ ref('int_payment_references') }} as named on named.payment_key = payments.payment_key and named.ref_type = '{{ ref_type }}'
    inner join orders on orders.{{ own }} = named.value
    where payments.currency in (orders.presentment_currency, orders.currency)
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

said as {{ once() }} (
    select
        by_name.payment_key, by_name.order_key, by_name.match_rule,
        row_number() over (
            partition by by_name.payment_key
            order by by_name.tier,
                case when payments.amount in (orders.presentment_total, orders.total) then 0 else 1 end,
                abs({{ hours_between('orders.placed_at', 'payments.processed_at') }}), by_name.match_rule, by_name.order_key
        ) as place
    from (select * from by_reference union select * from by_metadata) as by_name
    inner join payments on payments.payment_key = by_name.payment_key
    inner join orders on orders.order_key = by_name.order_key
),

-- Orders that other money has paid already, and payments that pay something else, are not up for likeness. What the books say was
-- paid in cash may be what the shop says, so that the larger sum of the two counts.
offline as (
    select order_key, max(amount) as amount
    from (
        select own_order_key as order_key, is_booking, sum(amount) as amount
        from {{ ref('int_payments') }}
        where not is_processor and status = 'succeeded' and kind in ('sale', 'capture') and deleted_at is null
            and is_offline
        group by own_order_key, is_booking
    ) as written_down
    group by order_key
),

open_orders as {{ once() }} (
    select orders.*, coalesce(offline.amount, 0) as paid_offline
    from orders
    left join offline on offline.order_key = orders.order_key
    where not coalesce(orders.is_test, false) and orders.total > 0
        and coalesce(offline.amount, 0) < orders.presentment_total
        and not exists (
            select 1 from said
            inner join payments on payments.payment_key = said.payment_key
            where said.order_key = orders.order_key and said.place = 1 and payments.status = 'succeeded'
        )
),

-- What an order asks for: in the customer's currency what is left of it, in the shop's the whole.
asked as {{ once() }} (
    select order_key, customer_key, email_norm, placed_at, presentment_currency as currency, presentment_total - paid_offline as amount
    from open_orders
    union
    select order_key, customer_key, email_norm, placed_at, currency, total from open_orders
),

open_payments as {{ once() }} (
    select * from payments
    where status = 'succeeded' and source_invoice_id is null
        and not exists (select 1 from said where said.payment_key = payments.payment_key and said.place = 1)
),

persons as {{ once() }} (
    {%- for person in ['email_norm', 'customer_key'] %}
    select payment.payment_key as left_key, asked.order_key as right_key,
        -abs({{ hours_between('asked.placed_at', 'payment.processed_at') }}) as weight
    from open_payments as payment
    inner join asked
        on asked.{{ person }} = payment.{{ person }} and asked.currency = payment.currency and asked.amount = payment.amount
    where {{ in_time }}
    {{ 'union' if not loop.last }}
    {%- endfor %}
),

{{ one_to_one('by_person', 'persons') }},

-- Time in spells as long as an order may wait for its payment, which then lies in the spell in which the wait begins or in the next:
-- where much is sold for one price, not all of it is compared with all of it.
strange_payments as {{ once() }} (
    select payment_key, currency, amount, processed_at, {{ spell_of('processed_at', hours) }} as spell,
        email_norm is null and customer_key is null as is_nameless
    from open_payments
    where not exists (select 1 from by_person where by_person.left_key = open_payments.payment_key)
),

strange_orders as {{ once() }} (
    select
        asked.*, {{ spell_of('placed_at', hours, before=var('payment_hours_before_order')) }} + further.spells as spell,
        email_norm is null and customer_key is null as is_nameless
    from asked
    cross join (select 0 as spells union all select 1) as further
    where not exists (select 1 from by_person where by_person.right_key = asked.order_key)
),

strangers as (
    select payment_key, order_key,
        count(*) over (partition by payment_key) as orders_alike, count(*) over (partition by order_key) as payments_alike
    from (
        {%- for nameless in ['payment', 'asked'] %}
        select payment.payment_key, asked.order_key
        from strange_payments as payment
        inner join strange_orders as asked
            on asked.spell = payment.spell and asked.currency = payment.currency and asked.amount = payment.amount
        where {{ nameless }}.is_nameless and {{ in_time }}
        {{ 'union' if not loop.last }}
        {%- endfor %}
    ) as alike
)

select payment_key, order_key, match_rule,
    case when match_rule = 'shared_reference' then 'exact' else 'rule' end as match_type
from said where place = 1
union all
select left_key, right_key, 'amount_time_person', 'tolerance' from by_person
union all
select payment_key, order_key, 'amount_time_unique', 'tolerance' from strangers where orders_alike = 1 and payments_alike = 1
