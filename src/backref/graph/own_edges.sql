-- Backref's own graph: who links to whom, of the links that stood between $since and $until.
-- Grain: one (source, target), both named as `nodes` calls their hosts.
--
-- What was lost by $since (without one: what is lost) is out, as are mere claims, links from and to
-- redirectors (`shims` are the beginnings of their addresses), and links of a name to itself. A page
-- counts once for each name that it links to; it follows while one of its links there does.
with
standing as (
    select *
    from links
    where state <> 'never verified'
        and coalesce(first_seen_lo <= $until, true)
        and not (state in ('lost', 'reported lost') and coalesce(lost_hi <= $since, true))
),
named as (
    select
        sources.node as source,
        targets.node as target,
        standing.source_page,
        not coalesce(standing.nofollow, false)
            and not coalesce(standing.ugc, false)
            and not coalesce(standing.sponsored, false)
            and not coalesce(standing.noindex, false) as followed,
        standing.placement
    from standing
    inner join nodes as sources on sources.host = standing.source_host
    inner join nodes as targets on targets.host = standing.target_host
    where sources.node <> targets.node
        and not exists (
            select 1 from shims
            where left(standing.source_page, length(shims.place)) = shims.place
                or left(standing.target_page, length(shims.place)) = shims.place
        )
)
select
    source,
    target,
    count(distinct source_page) as pages,
    count(distinct case when followed then source_page end) as followed_pages,
    count(distinct case when placement is not null then source_page end) as placed_pages,
    count(distinct case when placement = 'content' then source_page end) as content_pages
from named
group by source, target
order by source, target
