{# A bank's text in the form it is compared in: small letters and digits, single blanks; banks cut it at any place. #}
{% macro memo_norm(text) %}
    {{ return("nullif(trim(" ~ replace_all('lower(' ~ text ~ ')', '[^a-z0-9]+', ' ') ~ "), '')") }}
{% endmacro %}

{# Lengths at which the beginnings of two such texts are compared. #}
{% macro memo_lengths() %}{{ return([2, 4, 6, 8, 10, 12, 15]) }}{% endmacro %}
