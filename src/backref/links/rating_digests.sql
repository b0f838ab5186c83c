-- Which ratings each bucket of referring domains rests on. Grain: one rated referring domain.
select
    partition,
    md5(concat_ws('|', target_domain, source_identity, rating, rating_by)) as digest
from domain_ratings
