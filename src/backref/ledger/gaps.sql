-- What the `standing` does not know: one row of counts, in links unless named otherwise.
select
    count(link_id) as links,
    count(distinct case when row_kind = 'link' then source_identity end) as domains,
    count(case when state = 'unknown' then 1 end) as unseen,
    count(case when state = 'never verified' then 1 end) as never_verified,
    count(case when row_kind = 'link' and acquired is null then 1 end) as not_declared,
    count(case when not_measurable = 'no log' then 1 end) as no_log,
    count(case when not_measurable = 'no referrers' then 1 end) as no_referrers,
    count(case when not_measurable = 'before logs' then 1 end) as before_logs,
    count(case when not_measurable = 'noreferrer' then 1 end) as noreferrer,
    count(case when not_measurable = 'no target' then 1 end) as no_target,
    count(distinct case when row_kind = 'link' and search_basis is null then source_identity end)
        as unrated_domains
from standing
