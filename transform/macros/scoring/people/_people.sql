{% macro raw_columns__people() %}
    {{ return({'records': 'id:string first_name:string last_name:string dob:string email:string phone:string street:string suburb:string postcode:string state:string platform:string'}) }}
{% endmacro %}

{% macro staging_models__people() %}{{ return(['stg_people__customers']) }}{% endmacro %}
{% macro category__people() %}{{ return('crm') }}{% endmacro %}
