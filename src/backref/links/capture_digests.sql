-- Which captures each bucket of links rests on. Grain: one (bucket, capture of a linking page).
--
-- A bucket is rebuilt when this changes, so an archive touches only the buckets with links from
-- its own pages. Most linking pages were never captured: those that were are looked for first.
with captured as (
    select page, md5(concat_ws('|', hex(row_id), extractor)) as digest
    from page_observations
    where observed_hi is not null
),
sources as (
    select distinct partition, source_page
    from link_observations
    where source_page in (select page from captured)
)
select sources.partition, captured.digest
from sources
inner join captured on captured.page = sources.source_page
