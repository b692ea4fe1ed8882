-- name: secondaries
-- Who is a secondary contact through these people.
select source, contact, link, disease, ring, last_exposure, determined_at, relation, setting, jurisdiction
from contact_link
where source = any(%(sources)b) and ring = 2 and withdrawn_at is null

-- name: closers
-- Which links of these contacts are there because a source turned positive, even if they were taken back.
select contact, link, source, last_exposure, determined_at, withdrawn_at
from contact_link
where contact = any(%(contacts)b) and ring = 1 and link like '%%:closer'

-- name: ring
-- By which links people are contacts of these in a ring, with all sources of each, the first one first. Who is a sure
-- case meanwhile is isolated as one, and the link says where that case came from.
select contact, link, source, disease, last_exposure, determined_at, relation, setting, jurisdiction
from contact_link
where contact in (
    select contact from contact_link where source = any(%(sources)b) and ring = %(ring)s and withdrawn_at is null)
  and ring = %(ring)s and withdrawn_at is null and source is not null
  and not exists (
      select from case_record
      where person = contact_link.contact and disease = contact_link.disease and discarded_at is null
        and classification in ('confirmed', 'asymptomatic'))
order by contact, length(link), link

-- name: held
-- By which links these people are, or were, close contacts.
select contact, link, disease, withdrawn_at is null from contact_link where contact = any(%(contacts)b) and ring = 1

-- name: merged
-- Which registrations were merged with these, and into which.
with going_on as (
    select merged_into as id from person where id = any(%(people)b) and merged_into is not null
    union
    select unnest(%(people)b)
)
select right_person, left_person from duplicate where left_person in (select id from going_on) and state = 'same'

-- name: standing
-- The links by which these people are contacts.
select contact, link from contact_link where contact = any(%(contacts)b) and withdrawn_at is null

-- name: hold
-- Nobody changes what these people's streams say until the transaction ends; others may hold them too.
select id from stream where id = any(%(people)b) order by id for share
