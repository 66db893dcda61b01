{# The name of an organisation to compare by: lower case, without accents, legal forms and punctuation; null if nothing is left. #}
{% macro normalise_organisation(column) %}
    {%- set forms = 'the|and|inc|incorporated|corp|corporation|company|co|llc|llp|lp|ltd|limited|plc|gmbh|mbh|ag|kg|ohg|ug|se|sa|sas|sarl|srl|spa|bv|nv|oy|oyj|ab|as|asa|aps|pty|pvt|private|pte|kk' -%}
    {%- set words = replace_all(replace_all(strip_accents("lower(trim(" ~ column ~ "))"), '[.]'), '[^a-z0-9]+', '  ') -%}
    nullif(replace({{ replace_all("' ' || " ~ words ~ " || ' '", ' (' ~ forms ~ ') ', ' ') }}, ' ', ''), '')
{%- endmacro %}

{# The domain of a web address or e-mail address: lower case, without scheme, www, port and path; null if it is none. #}
{% macro normalise_domain(column) %}
    {%- set host = "regexp_replace(regexp_replace(lower(trim(" ~ column ~ ")), '^([a-z]+:)?//', ''), '[/:?#].*$', '')" -%}
    {%- set bare = "regexp_replace(regexp_replace(" ~ host ~ ", '^.*@', ''), '^www[.]', '')" -%}
    case when {{ matches(bare, "'^[a-z0-9-]+([.][a-z0-9-]+)*[.][a-z]{2,}$'") }} then {{ bare }} end
{%- endmacro %}

{# A tax number to compare by: capitals and digits; null with fewer than six digits, which is none or hidden. #}
{% macro normalise_tax_id(column) %}
    {%- set plain = replace_all('upper(' ~ column ~ ')', '[^A-Z0-9]') -%}
    case when length({{ replace_all(plain, '[^0-9]') }}) >= 6 then {{ plain }} end
{%- endmacro %}
