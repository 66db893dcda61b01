{# The figure of purchases in a list of actions: over all channels where the account reports them together. #}
{% macro meta_purchases(actions) %}
(
    select cast(coalesce(
        max(case when {{ json_text('action.item', 'action_type') }} = 'omni_purchase' then {{ json_text('action.item', 'value') }} end),
        max(case when {{ json_text('action.item', 'action_type') }} = 'purchase' then {{ json_text('action.item', 'value') }} end)
    ) as numeric(38,9))
    from (select 1) as one
    {{ json_items(actions, 'action') }}
)
{%- endmacro %}
