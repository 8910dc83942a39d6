{% test unique_together(model, columns) %}

select
    {{ columns | join(', ') }},
    count(*) as count_rows,
from {{ model }}
group by all
having count(*) > 1

{% endtest %}


{% test holds(model, expression) %}

select *
from {{ model }}
where not coalesce({{ expression }}, false)

{% endtest %}
