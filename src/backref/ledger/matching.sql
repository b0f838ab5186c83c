-- Links of the `standing` by every facet that people choose by: a row per link that holds what is
-- asked without a facet ($since, $until, $page, $text). Each `not_` column is 1 where its own facet
-- does not hold the row and `missed` is their sum, so a facet is counted with all others applied.
-- `channels(source_domain, channel)` tells how visits from a domain are grouped,
-- `tagged(link_id, tags)` the tags of a link as `|a|b|`. Chosen values are written `|a|b|` too; null
-- chooses everything.
with
described as (
    select
        standing.link_id,
        standing.source_identity as domain,
        standing.state,
        standing.live,
        standing.gone,
        standing.first_seen_lo,
        standing.lost_hi,
        standing.visits,
        coalesce(standing.position, 'not known') as position,
        coalesce(standing.acquired, 'not known') as acquired,
        coalesce(channels.channel, 'Referral') as channel,
        case
            when strpos(concat(' ', standing.rel, ' '), ' sponsored ') > 0 then 'sponsored'
            when strpos(concat(' ', standing.rel, ' '), ' ugc ') > 0 then 'ugc'
            when standing.followed then 'followed'
            else 'nofollow'
        end as rel,
        case
            when standing.not_measurable is not null then 'not measurable'
            when coalesce(standing.visits, 0) = 0 then 'no visits'
            when standing.visits_tagged > 0 then 'tagged'
            when standing.visits_page > 0 then 'page'
            when standing.visits_only_candidate > 0 then 'only candidate'
            when standing.visits_inferred > 0 then 'inferred'
            else 'host'
        end as certainty,
        tagged.tags
    from standing
    left join channels on channels.source_domain = standing.source_domain
    left join tagged on tagged.link_id = standing.link_id
    where standing.row_kind = 'link'
        and (
            $page is null
            or standing.landing_path = $page
            or standing.target_page = $page
            or concat(standing.page_host, standing.landing_path) = $page
        )
        and (
            $text is null
            or strpos(
                lower(concat_ws(' ', standing.source_page, standing.title, standing.anchor,
                    standing.target_page)),
                $text
            ) > 0
        )
        and (
            $since is null
            or (standing.gone and standing.lost_hi >= $since and standing.lost_hi <= $until)
            or (
                not standing.gone
                and standing.first_seen_lo >= $since
                and standing.first_seen_lo <= $until
            )
        )
),
judged as (
    select
        *,
        case when $states is null or strpos($states, concat('|', state, '|')) > 0
            then 0 else 1 end as not_state,
        case when $domains is null or strpos($domains, concat('|', domain, '|')) > 0
            then 0 else 1 end as not_domain,
        case when $positions is null or strpos($positions, concat('|', position, '|')) > 0
            then 0 else 1 end as not_position,
        case when $acquireds is null or strpos($acquireds, concat('|', acquired, '|')) > 0
            then 0 else 1 end as not_acquired,
        case when $channels is null or strpos($channels, concat('|', channel, '|')) > 0
            then 0 else 1 end as not_channel,
        case when $rels is null or strpos($rels, concat('|', rel, '|')) > 0
            then 0 else 1 end as not_rel,
        case when $certainties is null or strpos($certainties, concat('|', certainty, '|')) > 0
            then 0 else 1 end as not_certainty,
        case when $tag is null or strpos(tags, concat('|', $tag, '|')) > 0
            then 0 else 1 end as not_tag
    from described
)
select
    link_id,
    domain,
    state,
    live,
    position,
    acquired,
    channel,
    rel,
    certainty,
    not_state,
    not_domain,
    not_position,
    not_acquired,
    not_channel,
    not_rel,
    not_certainty,
    not_state + not_domain + not_position + not_acquired + not_channel + not_rel + not_certainty
        + not_tag as missed
from judged
