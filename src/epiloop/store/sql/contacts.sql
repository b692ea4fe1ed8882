-- name: secondaries
-- Who is a secondary contact through these people.
select source, contact, link, disease, ring, last_exposure, determined_at, relation, setting, jurisdiction
from contact_link
where source = any(%(sources)b) and ring = 2 and withdrawn_at is null

-- name: outcomes
select subject, sample, outcome from sample where subject = any(%(subjects)b)
