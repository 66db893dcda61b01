{# What people decided on pairs: the rows of the seed identity_overrides, of the user's own table and of the
   control plane. #}
{% macro given_overrides() %}
    select left_id, right_id, decision, decided_by, decided_at, note from {{ ref('identity_overrides') }}
    {% if var('identity_overrides_table') %}
    union all
    select left_id, right_id, decision, decided_by, decided_at, note from {{ var('identity_overrides_table') }}
    {% endif %}
    {{ decided('identity_overrides', ['left_id', 'right_id', 'decision', 'decided_by', 'decided_at', 'note']) }}
{% endmacro %}
