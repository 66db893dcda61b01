-- Payouts with the sums of their items, each of which stands in one payout. These are null where the platform never says of what its
-- payouts are made.
{{ config(meta={'key': 'payout_key', 'tells': ['payout_key']}) }}
{{ touched([told_members('payouts'), told('payout_items', 'payout_key')]) }}
{% set telling = namespace(platforms=["''"]) %}
{% for model in staging_models() if model.endswith('__payout_items') %}
{% set telling.platforms = telling.platforms + ["'" ~ model.removeprefix('stg_').split('__')[0] ~ "'"] %}
{% endfor %}
with payouts as (
    select
        members.*, {{ record_key() }} as payout_key,
        case when platform in ({{ telling.platforms | join(', ') }}) then {{ amount('0') }} end as none_known
    from ({{ union_members('payouts') }}) as members where deleted_at is null and {{ only(record_key()) }}
),

items as (
    select
        payout_key,
        count(*) as items,
        sum(case when payment_key is not null or category = 'charge' then gross else 0 end) as gross,
        sum(fee) as fees,
        sum(case when refund_key is not null or category = 'refund' then gross else 0 end) as refunds,
        sum(case when category like 'dispute%' then gross else 0 end) as disputes,
        sum(gross) as total,
        sum(net) as net
    from {{ ref('payout_items') }}
    where {{ only('payout_key') }}
    group by payout_key
)

select
    payouts.*,
    coalesce(items.gross, none_known) as gross,
    coalesce(items.fees, none_known) as fees,
    coalesce(items.refunds, none_known) as refunds,
    coalesce(items.disputes, none_known) as disputes,
    coalesce(items.total - items.gross - items.refunds - items.disputes, none_known) as adjustments,
    items.net as items_net,
    coalesce(items.items, cast(none_known as bigint)) as items,
    coalesce(payouts.arrival_date, {{ utc_date('payouts.created_at') }}) as arrives_on
from payouts
left join items on items.payout_key = payouts.payout_key
