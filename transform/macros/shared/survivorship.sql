{# Attributes that are taken together from one record: their columns, what makes a record complete in them, and when two
   records say the same. #}
{% macro survivor_groups() %}
    {{ return({
        'name': {
            'columns': ['full_name', 'first_name', 'last_name'],
            'complete': ['first_norm is not null', 'last_norm is not null', 'length(first_norm) > 1'],
            'alike': "coalesce(first_norm, '') || ' ' || coalesce(last_norm, '')",
        },
        'birth_date': {'columns': ['birth_date'], 'complete': ['birth_date is not null'], 'alike': 'birth_date'},
        'email': {'columns': ['email'], 'complete': ['email is not null'], 'alike': 'email_norm'},
        'phone': {'columns': ['phone_e164'], 'complete': ['phone_e164 is not null'], 'alike': 'phone_e164'},
        'address': {
            'columns': ['address_line1', 'city', 'region', 'postcode', 'country_code'],
            'complete': ['address_line1 is not null', 'city is not null', 'postcode is not null', 'country_code is not null'],
            'alike': "lower(coalesce(address_line1, '') || ' ' || coalesce(postcode, ''))",
        },
        'company': {'columns': ['company'], 'complete': ['company is not null'], 'alike': 'lower(company)'},
        'consent_email': {'columns': ['consent_email'], 'complete': ['consent_email is not null'], 'alike': 'consent_email'},
        'consent_sms': {'columns': ['consent_sms'], 'complete': ['consent_sms is not null'], 'alike': 'consent_sms'},
    }) }}
{% endmacro %}

{# The strategies by which a group's record is chosen, in order, from the variable `survivorship`. #}
{% macro survivorship(group) %}
    {%- set settings, known = var('survivorship'), ['most_complete', 'most_frequent', 'most_recent', 'source_priority'] -%}
    {%- for named in settings if named != 'default' and named not in survivor_groups() -%}
        {%- do exceptions.raise_compiler_error('variable survivorship: there is no attribute ' ~ named ~ '; there are '
            ~ survivor_groups().keys() | join(', ')) -%}
    {%- endfor -%}
    {%- set strategies = settings.get(group, settings['default']) -%}
    {%- for strategy in strategies if strategy not in known -%}
        {%- do exceptions.raise_compiler_error('variable survivorship: ' ~ group ~ ' cannot be chosen by ' ~ strategy
            ~ '; there are ' ~ known | join(', ')) -%}
    {%- endfor -%}
    {{ return(strategies) }}
{% endmacro %}

{# How well a record does by a strategy; more is better, null is least. #}
{% macro survivorship_score(strategy, group, from) %}
    {%- if strategy == 'most_recent' -%}{{ return('coalesce(' ~ from ~ '.updated_at, ' ~ from ~ '.created_at)') }}{%- endif -%}
    {%- if strategy == 'most_frequent' -%}{{ return(from ~ '.' ~ group ~ '_times') }}{%- endif -%}
    {%- set terms = [] -%}
    {%- if strategy == 'most_complete' -%}
        {%- for condition in survivor_groups()[group]['complete'] -%}
            {%- set own = condition.replace('length(', 'length(' ~ from ~ '.') if condition.startswith('length(') else from ~ '.' ~ condition -%}
            {%- do terms.append('case when ' ~ own ~ ' then 1 else 0 end') -%}
        {%- endfor -%}
        {{ return('(' ~ terms | join(' + ') ~ ')') }}
    {%- endif -%}
    {%- for platform in var('source_priority') -%}
        {%- do terms.append("when '" ~ platform ~ "' then " ~ (loop.length - loop.index + 1)) -%}
    {%- endfor -%}
    {{ return('(case ' ~ from ~ '.platform ' ~ terms | join(' ') ~ ' else 0 end)' if terms else '0') }}
{% endmacro %}
