-- Which ratings each bucket of referring domains rests on. Grain: one (bucket, rated domain).
with rated as (
    select domain, md5(concat_ws('|', domain, rating, rating_by)) as digest from domain_ratings
),
wanted as (
    select distinct partition, source_identity from links
)
select wanted.partition, rated.digest
from wanted
inner join rated on rated.domain = wanted.source_identity
