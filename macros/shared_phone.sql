{#- Rows of carriers (group_key, person_key) that are several people: two of them have accounts, or two
    contacts, or their names are unequal. Yields the group_key. -#}
{% macro groups_of_several_people(carriers) -%}
    select carriers.group_key
    from {{ carriers }} as carriers
    inner join (
        select distinct
            person_key,
            account_count,
            contact_count
        from {{ ref('int_people') }}
    ) as people
        on carriers.person_key = people.person_key
    group by 1
    having
        sum(case when people.account_count > 0 then 1 else 0 end) > 1
        or sum(case when people.contact_count > 0 then 1 else 0 end) > 1
    union
    select carriers.group_key
    from {{ carriers }} as carriers
    inner join {{ carriers }} as others
        on
            carriers.group_key = others.group_key
            and carriers.person_key < others.person_key
    inner join {{ ref('int_people') }} as people
        on carriers.person_key = people.person_key
    inner join {{ ref('int_people') }} as other_people
        on others.person_key = other_people.person_key
    where
        {{ full_names_are_unequal('people', 'other_people') }}
{%- endmacro %}
