{# A key made of columns: the same values give the same key on every engine. #}
{% macro key_of(columns) %}
    {%- set parts = [] -%}
    {%- for column in columns -%}{%- do parts.append("coalesce(cast(" ~ column ~ " as text), '')") -%}{%- endfor -%}
    {{ return("md5(" ~ parts | join(" || '|' || ") ~ ")") }}
{% endmacro %}

{# The key of a platform's record, from the columns that every staging model has. #}
{% macro record_key(from='') %}
    {%- set at = from ~ '.' if from else '' -%}
    {{ return(key_of([at ~ 'platform', at ~ 'connection_id', at ~ 'source_object', at ~ 'source_record_id'])) }}
{% endmacro %}

{# The columns that say where a row comes from, first in every staging model; `from` is the alias of the raw table.
   `object` is `orders` or `payouts` where the stream has another name: other entities refer to these by it. #}
{% macro origin(platform, stream, from='', account='_connection_id', object='') %}
    {%- set at = from ~ '.' if from else '' -%}
    '{{ platform }}.{{ stream }}' as source_relation,
    '{{ platform }}' as platform,
    {{ at }}_connection_id as connection_id,
    cast({{ at ~ account }} as text) as account_id,
    '{{ object or stream }}' as source_object
{%- endmacro %}

{# The key of a payout's item: a balance transaction may stand in several payouts. #}
{% macro payout_item_key(from='') %}
    {%- set at = from ~ '.' if from else '' -%}
    {{ return(key_of([at ~ 'platform', at ~ 'connection_id', at ~ 'source_object', at ~ 'source_payout_id', at ~ 'source_record_id'])) }}
{% endmacro %}
