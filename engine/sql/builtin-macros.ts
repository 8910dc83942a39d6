import { BUILT_IN, type MacroRegistry } from "./macros.ts";
import { blocksOf, parseTemplate } from "./template/template.ts";

/** Registers the macros that every dbt project can call or override by name. */
export function addBuiltIns(registry: MacroRegistry): void {
  const [duckdb, dbt] = BUILT_IN;
  for (const [packageName, text] of [
    [dbt, `${NAMES}${CHECKS}${dispatched()}${DEFAULTS}`],
    [duckdb, DUCKDB],
  ] as const) {
    const template = parseTemplate(text, { file: `${packageName} (built in)` });
    for (const block of blocksOf(template)) {
      registry.add({ name: block.macroName, package: packageName, block });
    }
  }
}

/** Each macro with its parameters: called by name it goes to the DuckDB spelling, else to the default. */
const DISPATCHED: Readonly<Record<string, string>> = {
  any_value: "expression",
  array_append: "array, new_element",
  array_concat: "array_1, array_2",
  array_construct: "inputs=[], data_type=api.Column.translate_type('integer')",
  bool_or: "expression",
  cast: "field, type",
  cast_bool_to_text: "field",
  concat: "fields",
  current_timestamp: "",
  date: "year, month, day",
  date_spine: "datepart, start_date, end_date",
  date_trunc: "datepart, date",
  dateadd: "datepart, interval, from_date_or_timestamp",
  datediff: "first_date, second_date, datepart",
  equals: "expr1, expr2",
  escape_single_quotes: "expression",
  except: "",
  generate_alias_name: "custom_alias_name=none, node=none",
  generate_database_name: "custom_database_name=none, node=none",
  generate_schema_name: "custom_schema_name=none, node=none",
  generate_series: "upper_bound",
  get_intervals_between: "start_date, end_date, datepart",
  get_powers_of_two: "upper_bound",
  get_where_subquery: "relation",
  hash: "field",
  intersect: "",
  last_day: "date, datepart",
  length: "expression",
  listagg: "measure, delimiter_text=\"','\", order_by_clause=none, limit_num=none",
  position: "substring_text, string_text",
  replace: "field, old_chars, new_chars",
  right: "string_text, length_expression",
  safe_cast: "field, type",
  split_part: "string_text, delimiter_text, part_number",
  string_literal: "value",
  type_bigint: "",
  type_boolean: "",
  type_float: "",
  type_int: "",
  type_numeric: "",
  type_string: "",
  type_timestamp: "",
};

function dispatched(): string {
  return Object.entries(DISPATCHED)
    .map(([name, parameters]) => {
      const values = parameters
        .split(/, (?=[a-z_0-9]+(?:=|,|$))/)
        .map((each) => each.replace(/=.*$/, ""))
        .join(", ");
      return `{% macro ${name}(${parameters}) %}{{ return(adapter.dispatch('${name}', 'dbt')(${values})) }}{% endmacro %}\n`;
    })
    .join("");
}

const NAMES = `
{% macro default__generate_schema_name(custom_schema_name, node) -%}
  {%- if custom_schema_name is none -%}{{ target.schema }}{%- else -%}{{ target.schema }}_{{ custom_schema_name | trim }}{%- endif -%}
{%- endmacro %}
{% macro generate_schema_name_for_env(custom_schema_name, node) -%}
  {%- if target.name == 'prod' and custom_schema_name is not none -%}{{ custom_schema_name | trim }}{%- else -%}{{ target.schema }}{%- endif -%}
{%- endmacro %}
{% macro default__generate_alias_name(custom_alias_name=none, node=none) -%}
  {%- if custom_alias_name -%}{{ custom_alias_name | trim }}{%- elif node.version -%}{{ node.name ~ '_v' ~ (node.version | replace('.', '_')) }}{%- else -%}{{ node.name }}{%- endif -%}
{%- endmacro %}
{% macro default__generate_database_name(custom_database_name=none, node=none) -%}
  {%- if custom_database_name is none -%}{{ target.database }}{%- else -%}{{ custom_database_name | trim }}{%- endif -%}
{%- endmacro %}
{% macro default__get_where_subquery(relation) -%}
  {%- set where = config.get('where', '') -%}
  {%- if where -%}(select * from {{ relation }} where {{ where }}) dbt_subquery{%- else -%}{{ relation }}{%- endif -%}
{%- endmacro %}
{% macro should_full_refresh() -%}
  {%- set own = config.get('full_refresh') -%}
  {{ return(flags.FULL_REFRESH if own is none else own) }}
{%- endmacro %}
{% macro should_store_failures() -%}{{ return(config.get('store_failures', false)) }}{%- endmacro %}
{% macro run_query(sql) %}{% call statement('run_query_statement', fetch_result=true, auto_begin=false) %}{{ sql }}{% endcall %}{{ return(load_result('run_query_statement').table) }}{% endmacro %}
{% macro partition_range(raw_partition_date, date_fmt='%Y%m%d') %}{{ return([raw_partition_date]) }}{% endmacro %}
{% macro load_relation(relation) %}{{ return(adapter.load_relation(relation)) }}{% endmacro %}
{% macro in_transaction(sql) %}{{ return({'sql': sql, 'transaction': true}) }}{% endmacro %}
{% macro before_begin(sql) %}{{ return({'sql': sql, 'transaction': false}) }}{% endmacro %}
{% macro after_commit(sql) %}{{ return({'sql': sql, 'transaction': false}) }}{% endmacro %}
`;

const CHECKS = `
{% test unique(model, column_name) %}{{ return(adapter.dispatch('test_unique', 'dbt')(model, column_name)) }}{% endtest %}
{% test not_null(model, column_name) %}{{ return(adapter.dispatch('test_not_null', 'dbt')(model, column_name)) }}{% endtest %}
{% test accepted_values(model, column_name, values, quote=true) %}{{ return(adapter.dispatch('test_accepted_values', 'dbt')(model, column_name, values, quote)) }}{% endtest %}
{% test relationships(model, column_name, to, field) %}{{ return(adapter.dispatch('test_relationships', 'dbt')(model, column_name, to, field)) }}{% endtest %}
{% macro default__test_unique(model, column_name) %}
select
    {{ column_name }} as unique_field,
    count(*) as n_records

from {{ model }}
where {{ column_name }} is not null
group by {{ column_name }}
having count(*) > 1
{% endmacro %}
{% macro default__test_not_null(model, column_name) %}
select {{ '*' if should_store_failures() else column_name }}
from {{ model }}
where {{ column_name }} is null
{% endmacro %}
{% macro default__test_accepted_values(model, column_name, values, quote=true) %}
with all_values as (

    select
        {{ column_name }} as value_field,
        count(*) as n_records

    from {{ model }}
    group by {{ column_name }}

)

select *
from all_values
where value_field not in (
    {% for value in values -%}
        {{ "'" ~ value ~ "'" if quote else value }}{{ ',' if not loop.last }}
    {%- endfor %}
)
{% endmacro %}
{% macro default__test_relationships(model, column_name, to, field) %}
with child as (
    select {{ column_name }} as from_field
    from {{ model }}
    where {{ column_name }} is not null
),

parent as (
    select {{ field }} as to_field
    from {{ to }}
)

select
    from_field

from child
left join parent
    on child.from_field = parent.to_field

where parent.to_field is null
{% endmacro %}
`;

const DEFAULTS = `
{% macro default__any_value(expression) %}any_value({{ expression }}){% endmacro %}
{% macro default__array_append(array, new_element) %}array_append({{ array }}, {{ new_element }}){% endmacro %}
{% macro default__array_concat(array_1, array_2) %}array_cat({{ array_1 }}, {{ array_2 }}){% endmacro %}
{% macro default__array_construct(inputs, data_type) %}{% if inputs | length > 0 %}array[ {{ inputs | join(' , ') }} ]{% else %}array[]::{{ data_type }}[]{% endif %}{% endmacro %}
{% macro default__bool_or(expression) %}bool_or({{ expression }}){% endmacro %}
{% macro default__cast(field, type) %}cast({{ field }} as {{ type }}){% endmacro %}
{% macro default__cast_bool_to_text(field) %}cast({{ field }} as {{ type_string() }}){% endmacro %}
{% macro default__concat(fields) %}{{ fields | join(' || ') }}{% endmacro %}
{% macro default__current_timestamp() %}now(){% endmacro %}
{% macro default__date(year, month, day) %}cast('{{ '%04d-%02d-%02d' % (year, month, day) }}' as date){% endmacro %}
{% macro default__date_trunc(datepart, date) %}date_trunc('{{ datepart }}', {{ date }}){% endmacro %}
{% macro default__equals(expr1, expr2) %}case when ({{ expr1 }} = {{ expr2 }}) or ({{ expr1 }} is null and {{ expr2 }} is null) then 0 else 1 end = 0{% endmacro %}
{% macro default__escape_single_quotes(expression) %}{{ expression | replace("'", "''") }}{% endmacro %}
{% macro default__except() %}except{% endmacro %}
{% macro default__intersect() %}intersect{% endmacro %}
{% macro default__hash(field) %}md5(cast({{ field }} as {{ type_string() }})){% endmacro %}
{% macro default__length(expression) %}length({{ expression }}){% endmacro %}
{% macro default__position(substring_text, string_text) %}position({{ substring_text }} in {{ string_text }}){% endmacro %}
{% macro default__replace(field, old_chars, new_chars) %}replace({{ field }}, {{ old_chars }}, {{ new_chars }}){% endmacro %}
{% macro default__right(string_text, length_expression) %}right({{ string_text }}, {{ length_expression }}){% endmacro %}
{% macro default__safe_cast(field, type) %}try_cast({{ field }} as {{ type }}){% endmacro %}
{% macro default__string_literal(value) %}'{{ value }}'{% endmacro %}
{% macro default__type_bigint() %}bigint{% endmacro %}
{% macro default__type_boolean() %}boolean{% endmacro %}
{% macro default__type_float() %}float{% endmacro %}
{% macro default__type_int() %}integer{% endmacro %}
{% macro default__type_numeric() %}numeric(28, 6){% endmacro %}
{% macro default__type_string() %}text{% endmacro %}
{% macro default__type_timestamp() %}timestamp{% endmacro %}
{% macro default_last_day(date, datepart) %}cast({{ dbt.dateadd('day', '-1', dbt.dateadd('month', {'year': '12', 'quarter': '3'}.get(datepart, '1'), dbt.date_trunc(datepart, date))) }} as date){% endmacro %}
{% macro default__last_day(date, datepart) %}{{ default_last_day(date, datepart) }}{% endmacro %}
{% macro default__date_spine(datepart, start_date, end_date) %}
with rawdata as (
    {{ dbt.generate_series(dbt.get_intervals_between(start_date, end_date, datepart)) }}
),

all_periods as (
    select ({{ dbt.dateadd(datepart, 'row_number() over (order by 1) - 1', start_date) }}) as date_{{ datepart }}
    from rawdata
),

filtered as (
    select * from all_periods where date_{{ datepart }} <= {{ end_date }}
)

select * from filtered
{% endmacro %}
{% macro default__get_intervals_between(start_date, end_date, datepart) -%}
  {%- call statement('get_intervals_between', fetch_result=true) %}select {{ dbt.datediff(start_date, end_date, datepart) }}{% endcall -%}
  {%- if execute -%}{%- set found = load_result('get_intervals_between') -%}{{ return(found['data'][0][0]) }}{%- endif -%}
  {{ return(1) }}
{%- endmacro %}
{% macro default__get_powers_of_two(upper_bound) %}{% for n in range(1, 100) %}{% if upper_bound <= 2 ** n %}{{ return(n) }}{% endif %}{% endfor %}{% endmacro %}
`;

const DUCKDB = `
{% macro duckdb__any_value(expression) %}arbitrary({{ expression }}){% endmacro %}
{% macro duckdb__dateadd(datepart, interval, from_date_or_timestamp) %}
  {%- set unit = datepart | lower -%}
  {%- set scale = {'quarter': (' * 3', 'month'), 'week': (' * 7', 'day')}.get(unit, ('', unit)) -%}
  {%- if scale[0] -%}
  ({{ from_date_or_timestamp }} + (cast({{ interval }} as bigint){{ scale[0] }}) * interval 1 {{ scale[1] }})
  {%- else -%}
  ({{ from_date_or_timestamp }} + cast({{ interval }} as bigint) * interval 1 {{ unit }})
  {%- endif -%}
{% endmacro %}
{% macro duckdb__datediff(first_date, second_date, datepart) -%}
  {%- if datepart == 'week' -%}
  ({{ datediff(first_date, second_date, 'day') }} // 7 + case
    when date_part('dow', ({{ first_date }})::timestamp) <= date_part('dow', ({{ second_date }})::timestamp)
    then case when {{ first_date }} <= {{ second_date }} then 0 else -1 end
    else case when {{ first_date }} <= {{ second_date }} then 1 else 0 end
  end)
  {%- else -%}
  (date_diff('{{ datepart }}', {{ first_date }}::timestamp, {{ second_date }}::timestamp))
  {%- endif -%}
{%- endmacro %}
{% macro duckdb__generate_series(upper_bound) %}
    select generate_series as generated_number from generate_series(1, {{ upper_bound }})
{% endmacro %}
{% macro duckdb__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
  {%- if limit_num -%}
  list_aggr((array_agg({{ measure }} {{ order_by_clause or '' }}))[1:{{ limit_num }}], 'string_agg', {{ delimiter_text }})
  {%- else -%}
  string_agg({{ measure }}, {{ delimiter_text }} {{ order_by_clause or '' }})
  {%- endif -%}
{%- endmacro %}
{% macro duckdb__split_part(string_text, delimiter_text, part_number) %}string_split({{ string_text }}, {{ delimiter_text }})[ {{ part_number }} ]{% endmacro %}
`;
