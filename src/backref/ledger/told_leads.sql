-- Leads and sales that sheets tell of $site up to $until, by what each leads back to: tagged, the one
-- placement that has its code; campaign, its campaign's tag or that of all placements with its code;
-- source, the source it names; click, a click id's name alone; else none. Grain: one of these and a
-- currency. Placements that have a code and no lead come too. What all models call `told_leads`.
-- Rows of one reference are one lead, told again as it went on: of its values the latest counts,
-- with what was paid back; its code and campaign may stand in any of its rows.
with
told as (
    select
        conversions.*,
        case when reference is null then lower(code) else max(lower(code)) over whole end as any_code,
        case
            when reference is null then lower(campaign) else max(lower(campaign)) over whole
        end as any_campaign,
        case when reference is null then lower(source) else max(lower(source)) over whole end
            as any_source,
        case when reference is null then click_id else max(click_id) over whole end as any_click,
        case
            when reference is null then 1
            else row_number() over (partition by reference order by at_hi desc, row_id desc)
        end as turn,
        case
            when reference is null or value < 0 then 1
            else row_number() over (
                partition by reference, coalesce(value >= 0, false)
                order by at_hi desc, row_id desc
            )
        end as value_turn
    from conversions
    where site = $site and at_lo <= $until
    window whole as (partition by reference)
),
coded as (
    select
        lower(code) as code,
        count(*) as placements,
        min(row_id) as placement_id,
        case when count(distinct lower(campaign)) = 1 then min(lower(campaign)) end as campaign
    from agreed
    where site = $site and code is not null
    group by lower(code)
),
led as (
    select
        case when coded.placements = 1 then coded.placement_id end as placement_id,
        coalesce(coded.campaign, told.any_campaign) as campaign,
        told.any_source as source,
        told.any_click as click,
        case when told.turn = 1 then 1 else 0 end as leads,
        case when told.value_turn = 1 then told.value end as value,
        case when told.value_turn = 1 and told.value is not null then coalesce(told.currency, '') end
            as currency
    from told
    left join coded on coded.code = told.any_code
    union all
    select placement_id, campaign, null as source, null as click, 0 as leads, null as value,
        null as currency
    from coded
    where placements = 1
),
levelled as (
    select
        case
            when placement_id is not null then 'tagged'
            when campaign is not null then 'campaign'
            when source is not null then 'source'
            when click is not null then 'click id'
            else 'none'
        end as certainty,
        case
            when placement_id is null and campaign is null then coalesce(source, click)
            when placement_id is null then campaign
        end as name,
        placement_id,
        currency,
        leads,
        value
    from led
)
select
    certainty,
    name,
    placement_id,
    currency,
    cast(sum(leads) as bigint) as leads,
    round(sum(value), 6) as value
from levelled
group by certainty, name, placement_id, currency
