{# Which columns of a customer are taken together from the record that ranks first for their group. #}
{% macro survivors() %}
    {{ return({
        'name_rank': ['full_name', 'first_name', 'last_name'],
        'birth_rank': ['birth_date'],
        'email_rank': ['email'],
        'phone_rank': ['phone_e164'],
        'address_rank': ['address_line1', 'city', 'region', 'postcode', 'country_code'],
        'company_rank': ['company'],
    }) }}
{% endmacro %}
