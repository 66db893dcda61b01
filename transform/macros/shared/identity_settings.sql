{# What the comparison of all records rests on beside the records: variables, the text of the models and
   of the macros that compare, and the seeds. When it changes,
   every record counts as changed. The number of records matters by its logarithm, in whole steps (`chance_weight`). #}
{% macro identity_settings() %}
    {%- set parts = [] -%}
    {%- for name in [
        'default_country', 'shared_identifier_names', 'shared_identifier_records', 'match_margin', 'match_least_records', 'review_margin',
        'equality_overrules_conflict', 'deduplicated_platforms', 'contraction_rounds', 'separation_rounds', 'bridge_records',
    ] -%}
        {%- do parts.append(name ~ '=' ~ var(name)) -%}
    {%- endfor -%}
    {%- for node in graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') if '/identity/' in node.original_file_path -%}
        {%- do parts.append(node.name ~ '=' ~ node.raw_code) -%}
    {%- endfor -%}
    {%- for name in ['likeness', 'paired_features', 'names_agree', 'is_slip', 'normalise_name', 'normalise_email', 'e164', 'normalise_organisation', 'normalise_domain', 'normalise_tax_id'] -%}
        {%- do parts.append(name ~ '=' ~ context[name].macro.macro_sql) -%}
    {%- endfor -%}
    {{ return("'" ~ local_md5(parts | sort | join(';')) ~ "'") }}
{% endmacro %}

{# The bits that a pair's weight must exceed among so many living persons: the more there are, the more of them are alike by
   chance. In whole steps, so that a few more records do not change the verdict on all pairs. #}
{% macro chance_weight(records) %}
    {{ return('ceil(ln(greatest(' ~ records ~ ', ' ~ var('match_least_records') ~ ')) / ln(2))') }}
{% endmacro %}
