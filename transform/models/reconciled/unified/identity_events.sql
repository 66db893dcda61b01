-- What happened to keys, read off the history of the identities: every opening and closing belongs to one run.
with history as (select * from {{ ref('customer_identities') }}),

keys as (
    select customer_key, min(valid_from) as born_at, max(coalesce(valid_to, cast('9999-12-31' as timestamp with time zone))) as last_at
    from history group by customer_key
),

moves as (
    select
        opened.record_key, opened.valid_from as happened_at, opened.customer_key as to_key, closed.customer_key as from_key,
        keys.born_at = opened.valid_from as to_is_new,
        from_keys.last_at <= opened.valid_from as from_is_gone,
        opened.decided_by
    from history as opened
    inner join keys on keys.customer_key = opened.customer_key
    left join history as closed on closed.record_key = opened.record_key and closed.valid_to = opened.valid_from
    left join keys as from_keys on from_keys.customer_key = closed.customer_key
),

kinds as (
    select
        case
            when from_key is null and to_is_new then 'create'
            when from_key is null then 'absorb'
            when from_is_gone then 'merge'
            else 'split'
        end as kind,
        from_key, to_key, happened_at, record_key, decided_by
    from moves
    union all
    select 'delete', gone.customer_key, null, gone.valid_to, gone.record_key, 'rule'
    from history as gone
    left join history as next on next.record_key = gone.record_key and next.valid_from = gone.valid_to
    where gone.valid_to is not null and next.record_key is null
)

select
    {{ key_of(['kind', 'from_key', 'to_key', 'happened_at']) }} as event_id,
    kind,
    from_key as from_keys,
    to_key,
    case kind
        when 'create' then 'first seen'
        when 'absorb' then 'new records matched an existing customer'
        when 'merge' then 'all records of the key now match another customer'
        when 'split' then 'some records of the key no longer match it'
        else 'the platform no longer has the record'
    end as reason,
    count(*) as records,
    case when max(case when decided_by = 'steward' then 1 else 0 end) = 1 then 'steward' else 'rules' end as actor,
    happened_at as {{ adapter.quote('at') }}
from kinds
group by kind, from_key, to_key, happened_at
