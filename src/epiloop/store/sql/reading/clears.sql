-- name: lines
-- People under control by the jurisdiction one level down, and how many of them are clear in each of the four ways.
with held as (
    select distinct subject from status_span
    where ends > %(at)s and starts <= %(at)s and strictness > 0
      and jurisdiction >= %(low)s and jurisdiction < %(high)s
      and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
), doubtful as (
    select left_person as id from duplicate where state = 'possible'
    union
    select right_person from duplicate where state = 'possible'
), unanswered as (
    select distinct duty.subject
    from unnest(%(posts)s::text[], %(codes)s::bigint[], %(units)s::uuid[]) as owner (post, code, unit)
    join duty on owner_post = owner.post
        and case when owner.unit is null then owner_code = owner.code and owner_party <> 'employer'
                 else owner_unit = owner.unit and owner_party = 'employer' end
    where state = 'open' and valid_from <= %(at)s and coalesce(valid_until, 'infinity') > %(at)s and due <= %(day_end)s
)
select jurisdiction / %(size)s * %(size)s as code, count(*) as people,
       count(*) filter (where doubtful.id is null) as counted,
       count(*) filter (where identified) as identified,
       count(*) filter (where jurisdiction %% 10000000 <> 0) as located,
       count(*) filter (where held.subject is not null and unanswered.subject is null) as controlled
from person
left join held on held.subject = person.id
left join doubtful on doubtful.id = person.id
left join unanswered on unanswered.subject = person.id
where controlled_until > %(at)s and merged_into is null
  and jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
group by 1 order by 1

-- name: gaps
-- The people behind what is missing to one of the four.
select id, jurisdiction, identified, controlled_until
from person
where controlled_until > %(at)s and merged_into is null
  and jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(after_jurisdiction)s::bigint is null
       or (jurisdiction, id) > (%(after_jurisdiction)s::bigint, %(after_id)s::uuid))
  and case %(clear)s
      when 'count' then exists (select from duplicate where state = 'possible' and (left_person = id or right_person = id))
      when 'identity' then not identified
      when 'location' then jurisdiction %% 10000000 = 0
      else not exists (select from status_span
                       where subject = id and starts <= %(at)s and ends > %(at)s and strictness > 0)
           or exists (select from duty
                      join unnest(%(posts)s::text[], %(codes)s::bigint[], %(units)s::uuid[]) as owner (post, code, unit)
                        on owner_post = owner.post
                       and case when owner.unit is null then owner_code = owner.code and owner_party <> 'employer'
                                else owner_unit = owner.unit and owner_party = 'employer' end
                      where duty.subject = person.id and state = 'open' and due <= %(day_end)s
                        and valid_from <= %(at)s and coalesce(valid_until, 'infinity') > %(at)s)
      end
order by jurisdiction, id
limit %(limit)s
