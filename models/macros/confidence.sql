{% macro age_months(observed_at) -%}
    greatest(date_sub('month', cast({{ observed_at }} as date), {{ run_date() }}), 0)
{%- endmacro %}


{% macro staleness(observed_at) -%}
    {#- The step of the seed, off while confidence decays; `modifiers` holds the amounts. -#}
    case
        when date_sub('month', cast({{ observed_at }} as date), {{ run_date() }}) >= 12
            then modifiers.amounts['older_than_12_months']
        else 0
    end
{%- endmacro %}


{% macro effective_confidence(weighed) -%}
    {#- What is left of a confidence today; thin evidence is capped by `caps`. -#}
    cast(round(least(
        {{ weighed }}.confidence * pow({{ var('monthly_decay') }}, {{ weighed }}.age_months),
        case
            when {{ weighed }}.count_origins >= 2 then 1
            when {{ weighed }}.is_inferred then caps.single_inferred
            when {{ weighed }}.is_authoritative then 1
            else caps.single_source
        end
    ), 4) as decimal(5, 4))
{%- endmacro %}
