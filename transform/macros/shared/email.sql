{# An e-mail address as the mailbox it reaches: lower case, no plus tag, no dots at Gmail; null if it is none. #}
{% macro normalise_email(column) %}
    {%- set untagged = replace_all("lower(trim(" ~ column ~ "))", '[+][^@]*@', '@') -%}
    {%- set mailbox = "regexp_replace(" ~ untagged ~ ", '@googlemail[.]com$', '@gmail.com')" -%}
    case
        when not {{ matches(mailbox, "'^[^@ ,;]+@[^@ ,;]+[.][^@ ,;.]{2,}$'") }} then null
        when {{ mailbox }} like '%@gmail.com' then replace(split_part({{ mailbox }}, '@', 1), '.', '') || '@gmail.com'
        else {{ mailbox }}
    end
{%- endmacro %}
