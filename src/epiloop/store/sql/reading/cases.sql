-- name: list
-- Cases as known at the instant, the latest determined first.
select *
from case_record
where determined_at <= %(at)s and determined_at >= %(since)s and determined_at < %(until)s
  and (%(discarded)s or discarded_at is null or discarded_at > %(at)s)
  and jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(disease)s::text is null or disease = %(disease)s)
  and (%(classification)s::text is null or classification = %(classification)s)
  and (%(outcome)s::text is null or outcome = %(outcome)s)
  and (%(after_at)s::timestamptz is null
       or (determined_at, person) <= (%(after_at)s, %(after_person)s::uuid)
      and (determined_at, person, disease, number)
        < (%(after_at)s, %(after_person)s::uuid, %(after_disease)s::text, %(after_number)s::int))
order by determined_at desc, person desc, disease desc, number desc
limit %(limit)s

-- name: case
select * from case_record where person = %(person)s and disease = %(disease)s and number = %(number)s

-- name: days
-- Cases by day: of onset, where it is known, else of report, else of determination by the jurisdiction's clock.
select coalesce(onset, (details ->> 'reported')::date, (determined_at at time zone %(zone)s)::date) as day,
       count(*) filter (where onset is not null) as by_onset, count(*) filter (where onset is null) as by_report
from case_record
where determined_at <= %(at)s and determined_at >= %(since)s and determined_at < %(until)s
  and (%(discarded)s or discarded_at is null or discarded_at > %(at)s)
  and jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(disease)s::text is null or disease = %(disease)s)
  and (%(classification)s::text is null or classification = %(classification)s)
  and (%(outcome)s::text is null or outcome = %(outcome)s)
group by 1 order by 1

-- name: totals
select disease, classification, outcome, count(*) as n
from case_record
where determined_at <= %(at)s and determined_at >= %(since)s and determined_at < %(until)s
  and (%(discarded)s or discarded_at is null or discarded_at > %(at)s)
  and jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(disease)s::text is null or disease = %(disease)s)
  and (%(classification)s::text is null or classification = %(classification)s)
  and (%(outcome)s::text is null or outcome = %(outcome)s)
group by 1, 2, 3 order by n desc, 1, 2, 3

-- name: records
-- The standing cases of one disease, each person once, as transmission trees take them.
select distinct on (person) person, disease, (determined_at at time zone %(zone)s)::date as diagnosed, onset,
       (details ->> 'reported')::date as reported, classification
from case_record
where determined_at <= %(at)s and (discarded_at is null or discarded_at > %(at)s) and disease = %(disease)s
  and jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
order by person, number
limit %(limit)s

-- name: links
-- Exposures between two of these people; whoever was exposed to a registration merged into one was exposed to that one.
with whole as (
    select id as person, id as registration from unnest(%(people)s::uuid[]) as id
    union
    select left_person, right_person from duplicate where left_person = any(%(people)s) and state = 'same'
)
select link, contact as person, whole.person as source, disease, ring, last_exposure, nullif(setting, '') as setting
from contact_link join whole on whole.registration = contact_link.source
where disease = %(disease)s and contact = any(%(people)s) and whole.person <> contact
  and determined_at <= %(at)s and (withdrawn_at is null or withdrawn_at > %(at)s)
order by last_exposure nulls last, link, source

-- name: contact_counts
-- How many people each source exposed, by ring; under any of its registrations.
with whole as (
    select id as person, id as registration from unnest(%(people)s::uuid[]) as id
    union
    select left_person, right_person from duplicate where left_person = any(%(people)s) and state = 'same'
)
select whole.person as source, count(distinct contact) filter (where ring = 1) as first_ring,
       count(distinct contact) filter (where ring = 2) as second_ring
from contact_link join whole on whole.registration = contact_link.source
where contact <> whole.person and (%(disease)s::text is null or disease = %(disease)s)
  and determined_at <= %(at)s and (withdrawn_at is null or withdrawn_at > %(at)s)
  and not exists (  -- whoever is in the first ring around somebody is not in the second as well
      select from contact_link as nearer
      where nearer.contact = contact_link.contact
        and nearer.source in (select registration from whole as own where own.person = whole.person)
        and nearer.disease = contact_link.disease and nearer.ring < contact_link.ring
        and nearer.determined_at <= %(at)s and (nearer.withdrawn_at is null or nearer.withdrawn_at > %(at)s))
group by whole.person

-- name: contacts
-- The people one case exposed, under any of its registrations, those exposed last first; who of them became a case,
-- what holds for them now, and what from when on.
with whole as (
    select %(person)s::uuid as registration
    union
    select right_person from duplicate where left_person = %(person)s and state = 'same'
)
select contact_link.contact, contact_link.link, contact_link.ring, contact_link.jurisdiction, contact_link.last_exposure,
       contact_link.determined_at, contact_link.relation, contact_link.setting, contact_link.sealed,
       exists (select from case_record where case_record.person = contact_link.contact
               and case_record.disease = contact_link.disease and case_record.determined_at <= %(at)s
               and (case_record.discarded_at is null or case_record.discarded_at > %(at)s)) as is_case,
       (select status from status_span where subject = contact_link.contact and starts <= %(at)s and ends > %(at)s
        order by strictness desc, ends desc, loop limit 1) as status,
       ahead.starts as ahead, ahead.status as ahead_status
from contact_link
left join lateral (select starts, status from status_span where subject = contact_link.contact and starts > %(at)s
                   order by starts, strictness desc, loop limit 1) as ahead on true
where source in (select registration from whole) and contact <> %(person)s
  and (%(disease)s::text is null or disease = %(disease)s)
  and determined_at <= %(at)s and (withdrawn_at is null or withdrawn_at > %(at)s)
  and not exists (  -- whoever is in the first ring around somebody is not in the second as well
      select from contact_link as nearer
      where nearer.contact = contact_link.contact and nearer.source in (select registration from whole)
        and nearer.disease = contact_link.disease and nearer.ring < contact_link.ring
        and nearer.determined_at <= %(at)s and (nearer.withdrawn_at is null or nearer.withdrawn_at > %(at)s))
  and (%(after_contact)s::uuid is null
       or (coalesce(last_exposure, '-infinity'::date), contact, link)
        < (coalesce(%(after_exposure)s::date, '-infinity'::date), %(after_contact)s::uuid, %(after_link)s::text))
order by coalesce(last_exposure, '-infinity'::date) desc, contact desc, link desc
limit %(limit)s
