-- Every address that a capture redirects or canonicalises to, for folding. Grain: one address.
select redirect_to as url from page_observations where redirect_to is not null
union
select canonical as url from page_observations where canonical is not null
