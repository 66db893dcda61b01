{# The platforms whose folders dbt was given; each brings its own generated macros. #}
{% macro connected_platforms() %}
    {%- set platforms = [] -%}
    {%- for name in context if name.startswith('staging_models__') -%}
        {%- do platforms.append(name.removeprefix('staging_models__')) -%}
    {%- endfor -%}
    {{ return(platforms | sort) }}
{% endmacro %}

{# Names of the connected platforms' staging models. #}
{% macro staging_models() %}
    {%- set models = [] -%}
    {%- for platform in connected_platforms() -%}{%- do models.extend(context['staging_models__' ~ platform]()) -%}{%- endfor -%}
    {{ return(models) }}
{% endmacro %}

{# How near a platform stands to the sale itself: a marketplace or shop, a till, a processor, a CRM, the books. #}
{% macro standing(platform) %}
    {%- set order, cases = ['ecommerce', 'pos', 'payments', 'crm', 'accounting'], [] -%}
    {%- for name in connected_platforms() -%}
        {%- set category = context['category__' ~ name]() -%}
        {%- do cases.append("when '" ~ name ~ "' then " ~ (order.index(category) + 1 if category in order else 6)) -%}
    {%- endfor -%}
    {{ return('(case ' ~ platform ~ ' ' ~ cases | join(' ') ~ ' else 6 end)' if cases else '6') }}
{% endmacro %}

{# Names under which others write down the ids of a platform's customers or orders, as {platform: [name]}: the connected
   platforms' own, each from its macro `reference_names__<platform>`, and those of the variable of the same name. #}
{% macro reference_names(object) %}
    {%- set names = {} -%}
    {%- for platform in connected_platforms() if 'reference_names__' ~ platform in context -%}
        {%- do names.update({platform: context['reference_names__' ~ platform]().get(object, [])}) -%}
    {%- endfor -%}
    {%- for platform, own in var('reference_names').get(object, {}).items() -%}
        {%- do names.update({platform: names.get(platform, []) + own}) -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}
