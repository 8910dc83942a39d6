{% macro newest_answers(rows, by, record) -%}
    {#- Of `rows`, a source that is sent whole: when the latest answer came, and which run's rows count.
        What the newest answer lacks is gone; a 304 carries no records and says that it still holds. -#}
select
    *,
    max({{ utc('fetched_at') }}) over (partition by {{ by }}) as confirmed_at,
    first_value(run_id) over (
        partition by {{ by }}
        order by {{ record }} is not null desc, fetched_at desc, run_id desc
    ) as newest_run_id,
from {{ rows }}
where outcome = 'ok'
{%- endmacro %}
