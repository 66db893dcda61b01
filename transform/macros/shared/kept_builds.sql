{# The model's table anew. Where it was there before, its rows are compared: nothing is written if they are the same, and the changes
   of a model that tells them are told. #}
{% macro build_whole(existing, build) %}
    {%- set target_relation, new = this.incorporate(type='table'), make_intermediate_relation(this.incorporate(type='table')) -%}
    {%- do drop_relation_if_exists(load_cached_relation(new)) -%}
    {%- call statement('main') -%}{{ get_create_table_as_sql(False, new, compiled_code) }}{%- endcall -%}
    {%- set told = told_by_model() -%}
    {%- set columns = compared_columns(new) -%}
    {%- set comparable = build.compares and columns == compared_columns(existing) -%}
    {%- if comparable and not told and table_content(existing) == table_content(new) -%}
        {%- do adapter.drop_relation(new) -%}
        {{ return(remember_build(build, 'same')) }}
    {%- endif -%}
    {%- if comparable and told -%}
        {%- set rows = gather_changes(existing, new, columns) -%}
        {%- if rows.changed == 0 -%}
            {%- do adapter.drop_relation(new) -%}
            {{ return(remember_build(build, 'same')) }}
        {%- endif -%}
        {%- set tells = rows.are_all and rows.changed * 4 < rows.all + 100000 -%}
        {%- do tell_changes(build, told) if tells -%}
        {%- do remember_build(build, 'told' if tells else 'anew') -%}
    {%- else -%}
        {%- do remember_build(build, 'anew') -%}
    {%- endif -%}
    {%- do adapter.drop_relation(existing) if existing is not none -%}
    {%- do adapter.rename_relation(new, target_relation) -%}
    {%- do create_indexes(target_relation) -%}
    {%- do persist_docs(target_relation, model) -%}
{% endmacro %}

{# Those rows of the table that may have changed are taken out and put in anew. #}
{% macro build_in_part(existing, build) %}
    {%- set key = part_key() -%}
    {%- set columns = compared_columns(existing) -%}
    {%- do replace_temporary('kept_touched', touched_keys(build)) -%}
    {%- if not rows_are_distinct() or asked("select (select count(*) from kept_touched) * 4 > (select count(*) from " ~ this ~ ") + 100000") -%}
        {%- do build.update({'how': 'whole'}) -%}
        {{ return(none) }}
    {%- endif -%}
    {%- do replace_temporary('kept_fresh', text_of_touched(key)) -%}
    {%- do replace_temporary('kept_stale', 'select * from ' ~ this ~ ' where ' ~ key ~ ' in (select value from kept_touched)') -%}
    {%- set rows = gather_changes('kept_stale', 'kept_fresh', columns) -%}
    {%- if not rows.are_all -%}
        {%- do build.update({'how': 'whole'}) -%}
        {{ return(none) }}
    {%- endif -%}
    {%- do build.update({'rows': rows.changed}) -%}
    {%- if rows.changed == 0 -%}{{ return(remember_build(build, 'same')) }}{%- endif -%}
    {%- set all_columns = adapter.get_columns_in_relation(existing) | map(attribute='quoted') | join(', ') -%}
    {%- call statement('taken_out') -%}delete from {{ this }} where {{ key }} in (select {{ key }} from kept_moved){%- endcall -%}
    {%- call statement('main') -%}
        insert into {{ this }} ({{ all_columns }}) select {{ all_columns }} from kept_fresh where {{ key }} in (select {{ key }} from kept_moved)
    {%- endcall -%}
    {%- do tell_changes(build, told_by_model()) -%}
    {%- do remember_build(build, 'told') -%}
{% endmacro %}

{# The rows that are in one of two tables only, as `kept_moved`. Hashes do not count: `are_all` is false where rows that are alike
   came or went among their like. #}
{% macro gather_changes(old, new, columns) %}
    {%- set halves = [] -%}
    {%- for one, other in [(old, new), (new, old)] -%}
        {%- do halves.append(
            'select one.* from (select ' ~ columns | join(', ') ~ ', ' ~ row_hash(columns) ~ ' as row_hash from ' ~ one ~ ') as one'
            ~ ' where not exists (select 1 from (select ' ~ row_hash(columns) ~ ' as row_hash from ' ~ other ~ ') as other where other.row_hash = one.row_hash)'
        ) -%}
    {%- endfor -%}
    {%- do replace_temporary('kept_moved', 'select false as is_new, old_rows.* from (' ~ halves[0] ~ ') as old_rows union all select true, new_rows.* from (' ~ halves[1] ~ ') as new_rows') -%}
    {%- call statement('moved', fetch_result=True) -%}
        select cast(count(*) as text), cast(count(case when is_new then 1 end) as text), cast((select count(*) from {{ old }}) as text), cast((select count(*) from {{ new }}) as text)
        from kept_moved
    {%- endcall -%}
    {%- set moved, came, before, after = load_result('moved').data[0] -%}
    {%- set stayed_before, stayed_after = before | int - (moved | int - came | int), after | int - came | int -%}
    {%- set are_all = stayed_before == stayed_after -%}
    {{ return({'changed': [moved | int, 0 if are_all else 1] | max, 'all': after | int, 'are_all': are_all}) }}
{% endmacro %}

{# What a model tells of rows that changed, as {name: expression}: its meta `tells`, a list of columns or such a map. #}
{% macro told_by_model() %}
    {%- set told, tells = {}, model.config.meta.get('tells', []) -%}
    {%- if model.name.startswith('stg_') -%}{%- do told.update(told_by_staging(model.name.split('__')[1])) -%}{%- endif -%}
    {%- if tells is mapping -%}{%- do told.update(tells) -%}{%- endif -%}
    {%- for name in tells if tells is not mapping -%}{%- do told.update({name: name}) -%}{%- endfor -%}
    {{ return(told) }}
{% endmacro %}

{% macro told_by_staging(entity) %}
    {%- set told = {'record_key': record_key()} -%}
    {%- if entity == 'payout_items' -%}{%- do told.update({'payment': named_record('source_payment_id'), 'item': payout_item_key()}) -%}{%- endif -%}
    {{ return(told) }}
{% endmacro %}

{% macro tell_changes(build, told) %}
    {%- for name, expression in told.items() -%}
        {%- call statement('told') -%}
            insert into {{ table_changes() }}
            select distinct '{{ model.unique_id }}', cast({{ next_version(build) }} as bigint), '{{ name }}', cast({{ expression }} as text) from kept_moved
        {%- endcall -%}
    {%- endfor -%}
{% endmacro %}

{# Versions grow with time, so that none comes again after the table of builds was lost. #}
{% macro next_version(build) %}
    {{ return([run_started_at.timestamp() | int, build.before.version + 1 if build.before else 0] | max) }}
{% endmacro %}

{# Changes are kept for thirty days: who did not ask for so long is built whole. #}
{% macro remember_build(build, outcome) %}
    {%- set version = build.before.version if outcome == 'same' else next_version(build) -%}
    {%- set since = version if outcome == 'anew' else [build.before.since, version - 30 * 86400] | max -%}
    {%- call statement('forget') -%}delete from {{ table_builds() }} where node = '{{ model.unique_id }}'{%- endcall -%}
    {%- call statement('build') -%}
        insert into {{ table_builds() }}
        values ('{{ model.unique_id }}', {{ version }}, {{ since }}, '{{ build.text }}', '{{ tojson(build.versions) | replace("'", "''") }}')
    {%- endcall -%}
    {%- if outcome != 'same' -%}
        {%- call statement('forgotten') -%}
            delete from {{ table_changes() }} where node = '{{ model.unique_id }}' and version <= {{ since }}
        {%- endcall -%}
    {%- endif -%}
{% endmacro %}

{% macro replace_temporary(name, query) %}
    {%- call statement('dropped') -%}drop table if exists {{ name }}{%- endcall -%}
    {%- call statement('temporary') -%}create temporary table {{ name }} as {{ query }}{%- endcall -%}
    {%- if target.type == 'postgres' -%}{%- call statement('analyzed') -%}analyze {{ name }}{%- endcall -%}{%- endif -%}
{% endmacro %}

{% macro asked(query) %}
    {%- call statement('asked', fetch_result=True) -%}{{ query }}{%- endcall -%}
    {{ return(load_result('asked').data[0][0]) }}
{% endmacro %}
