-- Hosts that sent people to $site whose link nobody knows, with when somebody last went to look for
-- it, until $horizon. A domain of which a link is known by now needs no search, even if people came
-- before anybody saw it. Grain: one host.
with sent as (
    select
        sessions.referrer_domain as domain,
        sessions.referrer_host as host,
        count(distinct sessions.session_id) as visits,
        min(sessions.started) as first_visit
    from sessions
    inner join visit_links
        on visit_links.session_id = sessions.session_id and visit_links.site = sessions.site
    where sessions.site = $site
        and sessions.verdict = 'person'
        and sessions.channel = 'Referral'
        and sessions.referrer_host is not null
        and visit_links.certainty = 'host'
        and not exists (
            select 1 from ledger
            where ledger.site = $site
                and ledger.row_kind = 'link'
                and ledger.source_domain = sessions.referrer_domain
                and ledger.state in ('live', 'suspect', 'unknown')
        )
    group by sessions.referrer_domain, sessions.referrer_host
),
searched as (
    select checks.domain, max(checks.at) as searched_at
    from checks
    where checks.purpose = 'sitemap' and checks.at <= $horizon
    group by checks.domain
)
select sent.domain, sent.host, sent.visits, sent.first_visit, searched.searched_at
from sent
left join searched on searched.domain = sent.domain
order by sent.visits desc, sent.host
