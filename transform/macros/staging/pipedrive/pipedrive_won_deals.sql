{# Common table expression `won`: the deals that were won, each as it was last seen, whether archived since or not. #}
{% macro pipedrive_won_deals() %}
    deals as (
        {%- for stream in ['deals', 'archived_deals'] %}
        select
            '{{ stream }}' as stream, _connection_id, id, title, person_id, org_id, value, currency, status, origin_id, channel_id, is_deleted,
            coalesce(won_time, close_time) as won_at, update_time, _sdc_deleted_at, _sdc_extracted_at
        from {{ raw('pipedrive', stream) }} as {{ stream }}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ),

    won as (
        select * from (
            select *,
                row_number() over (partition by _connection_id, id order by _sdc_deleted_at desc nulls first, update_time desc, stream) as place
            from deals
        ) as seen
        where place = 1 and status = 'won'
    )
{%- endmacro %}
