-- name: secondaries
-- Who is a secondary contact through these people.
select source, contact, link, disease, ring, last_exposure, determined_at, relation, setting, jurisdiction
from contact_link
where source = any(%(sources)b) and ring = 2 and withdrawn_at is null

-- name: closers
-- Which links of these contacts are there because a source turned positive, even if they were taken back.
select contact, link, last_exposure, determined_at, withdrawn_at
from contact_link
where contact = any(%(contacts)b) and ring = 1 and link like '%%:closer'

-- name: hold
-- Nobody changes what these people's streams say until the transaction ends; others may hold them too.
select id from stream where id = any(%(people)b) order by id for share
