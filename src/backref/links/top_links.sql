-- The first $most links to each domain from $first to $last. Grain: one link.
--
-- Links that stand come before those that are gone or were only claimed, then the higher authority
-- of the domain that links (its rating where no graph knows it), then what was seen first.
with placed as (
    select
        links.link_id,
        referring_domains.authority,
        referring_domains.authority_by,
        referring_domains.rating,
        referring_domains.rating_by,
        row_number() over (
            partition by links.target_domain
            order by
                case when links.state in ('live', 'suspect', 'unknown') then 0 else 1 end,
                coalesce(referring_domains.authority, referring_domains.rating) desc nulls last,
                links.first_seen_hi nulls last,
                links.source_page,
                links.target_page nulls last
        ) as place
    from links
    left join referring_domains
        on referring_domains.target_domain = links.target_domain
        and referring_domains.source_identity = links.source_identity
    where links.target_domain between $first and $last
)
select
    links.target_domain,
    placed.place,
    links.link_id,
    links.source_page,
    links.source_url,
    links.source_domain,
    links.source_identity,
    links.target_page,
    links.target_url,
    links.title,
    links.anchor,
    links.rel,
    links.nofollow,
    links.placement,
    links.state,
    links.reason,
    links.first_seen_lo,
    links.last_seen_hi,
    links.last_verified,
    links.lost_lo,
    links.lost_hi,
    links.witnesses,
    placed.authority,
    placed.authority_by,
    placed.rating,
    placed.rating_by,
    links.partition
from links
inner join placed on placed.link_id = links.link_id and placed.place <= $most
where links.target_domain between $first and $last
order by links.target_domain, placed.place
