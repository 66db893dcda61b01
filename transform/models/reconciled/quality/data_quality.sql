-- Each staging model is read once; its counts are then told one check a row.
with counted as (
    {%- set models = [] %}
    {%- for model in staging_models() if quality_rules(model.split('__')[1]) is not none %}{% do models.append(model) %}{% endfor %}
    {%- for model in models %}
    {%- set rules = quality_rules(model.split('__')[1]) %}
    select
        platform, source_relation, '{{ model.split("__")[1] }}' as entity,
        count(*) as record_count,
        count(*) - count(distinct {{ record_key() }}) as repeated,
        max(_loaded_at) as loaded_at,
        {%- set checks = [] %}
        {%- for column in rules.filled %}{% do checks.append(('completeness', column, column ~ ' is null', 'true')) %}{% endfor %}
        {%- for column, condition in rules.valid.items() %}
        {%- do checks.append(('validity', column, column ~ ' is not null and not (' ~ condition ~ ')', column ~ ' is not null')) %}
        {%- endfor %}
        {%- for number in range(9) %}
        {%- if number < checks | length %}
        '{{ checks[number][0] }}' as dimension_{{ number }}, '{{ checks[number][1] }}' as column_{{ number }},
        count(case when {{ checks[number][2] }} then 1 end) as failed_{{ number }},
        count(case when {{ checks[number][3] }} then 1 end) as checked_{{ number }},
        {%- else %}
        cast(null as text) as dimension_{{ number }}, cast(null as text) as column_{{ number }},
        cast(null as bigint) as failed_{{ number }}, cast(null as bigint) as checked_{{ number }},
        {%- endif %}
        {%- endfor %}
        count(case when deleted_at is not null then 1 end) as deleted
    from {{ ref(model) }}
    group by platform, source_relation
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {%- if not models %}
    select cast(null as text) as platform, cast(null as text) as source_relation, cast(null as text) as entity,
        cast(null as bigint) as record_count, cast(null as bigint) as repeated, cast(null as timestamp with time zone) as loaded_at,
        {%- for number in range(9) %}
        cast(null as text) as dimension_{{ number }}, cast(null as text) as column_{{ number }},
        cast(null as bigint) as failed_{{ number }}, cast(null as bigint) as checked_{{ number }},
        {%- endfor %}
        cast(null as bigint) as deleted
    where false
    {%- endif %}
),

told as (
    select platform, source_relation, entity, 'uniqueness' as dimension, 'record' as column_name, record_count as checked, repeated as failed, loaded_at
    from counted
    union all
    -- Late is what has not been loaded for as long as a source's freshness allows.
    select platform, source_relation, entity, 'timeliness', '_loaded_at', 1,
        case when {{ hours_between('loaded_at', run_at()) }} > {{ var('freshness_hours') }} then 1 else 0 end, loaded_at
    from counted
    {%- for number in range(9) %}
    union all
    select platform, source_relation, entity, dimension_{{ number }}, column_{{ number }}, checked_{{ number }}, failed_{{ number }}, loaded_at
    from counted where dimension_{{ number }} is not null
    {%- endfor %}
)

select
    {{ key_of(['source_relation', 'entity', 'dimension', 'column_name']) }} as quality_id,
    platform,
    source_relation,
    entity,
    dimension,
    column_name,
    cast(checked as bigint) as checked,
    cast(failed as bigint) as failed,
    cast(case when checked > 0 then 1 - cast(failed as double precision) / checked else 1 end as numeric(9,6)) as score,
    loaded_at,
    {{ run_at() }} as measured_at,
    '{{ invocation_id }}' as run_id
from told
