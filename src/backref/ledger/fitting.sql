-- Which link of the `standing` fits what was `agreed` best. Grain: one placement that any fits.
with fits as (
    select
        agreed.row_id,
        standing.link_id,
        row_number() over (
            partition by agreed.row_id
            order by
                case
                    when agreed.target_page = standing.target_page then 0
                    when standing.placement_id = agreed.row_id then 1
                    when agreed.target_page is null then 2
                    else 3
                end,
                case when standing.state = 'never verified' then 1 else 0 end,
                case when standing.live then 0 else 1 end,
                standing.link_id
        ) as choice
    from agreed
    inner join standing
        on standing.source_page = agreed.source_page and standing.row_kind = 'link'
    where agreed.target_page is null
        or standing.target_page is null
        or agreed.target_page = standing.target_page
        or standing.placement_id = agreed.row_id
)
select row_id, link_id from fits where choice = 1
