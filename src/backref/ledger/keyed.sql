-- Every row of the `standing` with the group that it belongs to by one dimension, $by. Senders
-- without a known link have a group like any other row, so every grouping adds up to the same
-- visits. `creators` names who is behind a source on a platform.
select
    standing.*,
    coalesce(
        case
            when $by = 'domain' then standing.source_identity
            when $by = 'acquired' then acquired
            when $by = 'campaign' then campaign
            when $by = 'owner' then owner
            when $by = 'creator' then coalesce(creators.creator, 'no creator')
            when $by = 'placement' and standing.placement_id is null then 'no placement'
            when $by = 'placement' then coalesce(source_page, standing.source_identity)
            when row_kind = 'host' then 'no known link'
            when $by = 'state' then state
            when $by = 'rel' and followed then 'followed'
            when $by = 'rel' then 'nofollow'
            when $by = 'anchor' and anchor = '' then 'no anchor'
            when $by = 'anchor' then anchor
            when $by = 'position' then position
            when $by = 'page' then coalesce(concat(page_host, '') || landing_path, target_page)
        end,
        'not known'
    ) as group_key
from standing
left join creators
    on creators.source_identity = standing.source_identity
    and creators.placement_id is not distinct from standing.placement_id
