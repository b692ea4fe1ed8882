-- name: lines
select * from clears_by_area(%(low)s, %(high)s, %(size)s, %(at)s, %(day_end)s, %(posts)s::text[], %(codes)s::bigint[],
                             %(units)s::uuid[])
order by code

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
