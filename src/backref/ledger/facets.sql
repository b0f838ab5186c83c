-- How many of the `matching` links each value of each facet has, every other facet applied: a row
-- per facet and value. Of domains, those with most links alone, $domains of them.
with
domains as (
    select domain, count(*) as links
    from matching
    where missed = not_domain
    group by domain
    order by links desc, domain
    limit $domains
),
counted as (
    select 'state' as facet, state as value, count(*) as links
    from matching where missed = not_state group by state
    union all
    select 'position', position, count(*) from matching where missed = not_position group by position
    union all
    select 'acquired', acquired, count(*) from matching where missed = not_acquired group by acquired
    union all
    select 'channel', channel, count(*) from matching where missed = not_channel group by channel
    union all
    select 'rel', rel, count(*) from matching where missed = not_rel group by rel
    union all
    select 'certainty', certainty, count(*)
    from matching where missed = not_certainty group by certainty
    union all
    select 'domain', domain, links from domains
)
select facet, value, links from counted order by facet, links desc, value
