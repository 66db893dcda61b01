{# A phone number's digits, with + where it is written internationally; extensions and (0) dropped. #}
{% macro phone_digits(column) %}
    {%- set bare = "regexp_replace(regexp_replace(lower(trim(" ~ column ~ ")), '(ext|x|#).*$', ''), '^(([+]|00).*)[(]0[)]', '"
        ~ first_group() ~ "')" -%}
    regexp_replace(
        case when {{ bare }} like '+%' then '+' else '' end || {{ replace_all(bare, '[^0-9]') }},
        '^00', '+'
    )
{%- endmacro %}

{# A number in E.164 from `phone_digits` and the calling code and trunk prefix of its country; null if it cannot be one. #}
{% macro e164(digits, calling_code, trunk_prefix) %}
    {%- set number -%}
        case
            when {{ digits }} like '+%' then
                case when {{ trunk_prefix }} = '0' and {{ digits }} like '+' || {{ calling_code }} || '0%'
                    then '+' || {{ calling_code }} || substr({{ digits }}, length({{ calling_code }}) + 3)
                    else {{ digits }} end
            when {{ calling_code }} is null then null
            when {{ trunk_prefix }} <> '' and {{ digits }} like {{ trunk_prefix }} || '%'
                then '+' || {{ calling_code }} || substr({{ digits }}, length({{ trunk_prefix }}) + 1)
            when {{ digits }} like {{ calling_code }} || '%' and length({{ digits }}) >= 11 then '+' || {{ digits }}
            else '+' || {{ calling_code }} || {{ digits }}
        end
    {%- endset -%}
    case
        when length({{ number }}) between 9 and 16
            and replace(right({{ number }}, 7), right({{ number }}, 1), '') <> ''
            and right({{ number }}, 7) not in ('1234567', '4567890', '3456789')
        then {{ number }}
    end
{%- endmacro %}
