{# By what a model that is built in part knows its rows: `key` in its meta, or the hash of the raw row that each comes from. #}
{% macro part_key() %}{{ return(model.config.meta.get('key', '_row_hash')) }}{% endmacro %}

{# Queries for the keys of the rows that may have changed, for the model's text; `touched_keys` takes them from there. #}
{% macro touched(queries) %}{{ return('/*touched ' ~ queries | join(' [or] ') ~ ' touched*/') }}{% endmacro %}

{# Values of what a model tells, of rows that changed since this model was built. #}
{% macro told(name, what) %}
    {%- do ref(name) -%}
    {%- set node = 'model.' ~ project_name ~ '.' ~ name -%}
    {{ return("(select value from " ~ table_changes() ~ " where node = '" ~ node ~ "' and told = '" ~ what ~ "' and version > @" ~ node ~ '@)') }}
{% endmacro %}

{# The same of all staging models of an entity. #}
{% macro told_members(entity, what='record_key') %}
    {%- set selects = ['select cast(null as text) as value where false'] -%}
    {%- for name in staging_models() if name.split('__')[1] == entity -%}{%- do selects.append(told(name, what)[1:-1]) -%}{%- endfor -%}
    {{ return('(' ~ selects | join(' union all ') ~ ')') }}
{% endmacro %}

{# A condition that holds for all rows, and in a part of the table for those only whose key may have changed, or that are among `others`. #}
{% macro only(expression, others='') %}{{ return('true /*only ' ~ expression ~ ' |in| ' ~ others ~ ' only*/') }}{% endmacro %}

{# Rows, each of which makes rows of the model by itself: with `_row_hash`, which the model selects. #}
{% macro each_row(rows) %}
    {{ return('select * from (select each_row.*, ' ~ whole_row_hash('each_row') ~ ' as _row_hash from ' ~ rows ~ ' as each_row) as each_row /*each*/') }}
{% endmacro %}
{% macro whole_row_hash(alias) %}{{ return(adapter.dispatch('whole_row_hash')(alias)) }}{% endmacro %}
{% macro default__whole_row_hash(alias) %}{{ return('cast(hash(' ~ alias ~ ') >> 1 as bigint)') }}{% endmacro %}
{% macro postgres__whole_row_hash(alias) %}{{ return('hashtextextended(cast(' ~ alias ~ ' as text), 0)') }}{% endmacro %}
{% macro spark__whole_row_hash(alias) %}{{ return('cast(null as bigint)') }}{% endmacro %}

{% macro touched_keys(build) %}
    {%- set each = each_row_of_model() -%}
    {%- if each -%}
        {%- do replace_temporary('kept_rows', 'select _row_hash from (' ~ each ~ ') as each_row') -%}
        {{ return(
            'select _row_hash as value from kept_rows where not exists (select 1 from ' ~ this ~ ' as held where held._row_hash = kept_rows._row_hash)'
            ~ ' union select _row_hash from ' ~ this ~ ' as held where not exists (select 1 from kept_rows where kept_rows._row_hash = held._row_hash)'
        ) }}
    {%- endif -%}
    {%- set found = modules.re.search('/[*]touched (.*?) touched[*]/', compiled_code, modules.re.S).group(1) -%}
    {%- set queries = ["select cast(null as text) as value where false"] -%}
    {%- for query in found.split(' [or] ') -%}
        {%- set text = namespace(query=query, changed=false) -%}
        {%- for name in build.changed if '@' ~ name ~ '@' in query -%}{%- set text.changed = true -%}{%- endfor -%}
        {%- for name, version in build.before.inputs.items() -%}{%- set text.query = text.query | replace('@' ~ name ~ '@', version) -%}{%- endfor -%}
        {%- do queries.append(text.query) if text.changed -%}
    {%- endfor -%}
    {{ return('select distinct value from (' ~ queries | join(' union all ') ~ ') as keys where value is not null') }}
{% endmacro %}

{# Nothing where two rows of `each_row` are the same, for then it cannot be told which came or went. #}
{% macro rows_are_distinct() %}
    {{ return(not each_row_of_model() or asked('select count(*) = count(distinct _row_hash) from kept_rows')) }}
{% endmacro %}

{% macro each_row_of_model() %}
    {%- set found = modules.re.search('select [*] from [(]select each_row[.][*].*?/[*]each[*]/', compiled_code, modules.re.S) -%}
    {{ return(found.group(0) if found else none) }}
{% endmacro %}

{# The model's text for those rows only that may have changed. #}
{% macro text_of_touched(key) %}
    {%- set each = each_row_of_model() -%}
    {%- if each -%}
        {{ return(compiled_code | replace(each, each ~ ' where _row_hash in (select value from kept_touched)')) }}
    {%- endif -%}
    {%- set text = namespace(sql=compiled_code) -%}
    {%- for found in modules.re.finditer('true /[*]only (.*?) [|]in[|] (.*?) only[*]/', compiled_code, modules.re.S) -%}
        {%- set text.sql = text.sql | replace(found.group(0), '(' ~ found.group(1) ~ ') in (' ~ (found.group(2) or 'select value from kept_touched') ~ ')') -%}
    {%- endfor -%}
    {{ return('select * from (' ~ text.sql ~ ') as fresh where ' ~ key ~ ' in (select value from kept_touched)') }}
{% endmacro %}
