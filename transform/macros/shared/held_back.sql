{# Why a pair waits for review or was not linked, in words. #}
{% macro told_in_words(held_back) %}
    case {{ held_back }}
        when 'first_name' then 'first names differ, of these two or of records that they would bring together'
        when 'last_name' then 'the last names differ, and nothing of the person''s own is the same'
        when 'names' then 'the names differ'
        when 'tax_id' then 'the tax numbers differ'
        when 'birth_date' then 'birth dates differ, of these two or of records that they would bring together'
        when 'no_first_name' then 'without a first name it could be either of several people'
        when 'shared_identifier' then 'the name is the same, but too many share the mailbox or number'
        when 'near_threshold' then 'the evidence falls a little short'
        when 'steward' then 'a person decided that two of the records this would bring together are not one'
        when 'one_record_per_account' then 'it would bring together two records of an account that holds nobody twice'
        when 'bridge' then 'it is the only likeness between two groups of records'
    end
{%- endmacro %}
