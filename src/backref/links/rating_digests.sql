-- Which ratings each bucket of referring domains rests on. Grain: one rated referring domain.
select
    partition,
    md5(concat_ws(
        '|',
        target_domain,
        source_identity,
        coalesce(cast(rating as varchar), ''),
        coalesce(rating_by, ''),
        coalesce(cast(authority as varchar), ''),
        coalesce(cast(authority_lo as varchar), ''),
        coalesce(cast(authority_hi as varchar), ''),
        coalesce(authority_by, ''),
        coalesce(cast(handed_on as varchar), '')
    )) as digest
from domain_ratings
