-- Every code that a placement of any site gives its visitors.
select distinct code from placements where code is not null
