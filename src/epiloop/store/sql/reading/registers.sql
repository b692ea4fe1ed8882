-- name: division
select * from division
where code = %(code)s and valid_from <= %(day)s and (valid_until is null or valid_until > %(day)s)

-- name: children
select * from division
where parent = %(code)s and valid_from <= %(day)s and (valid_until is null or valid_until > %(day)s)
order by code

-- name: top
select * from division
where parent is null and valid_from <= %(day)s and (valid_until is null or valid_until > %(day)s)
order by code

-- name: path
-- From the province down to the division itself, by its parents.
with recursive above as (
    select division.*, 0 as step from division
    where code = %(code)s and valid_from <= %(day)s and (valid_until is null or valid_until > %(day)s)
    union all
    select division.*, above.step + 1 from above
    join division on division.code = above.parent
    where division.valid_from <= %(day)s and (division.valid_until is null or division.valid_until > %(day)s)
      and above.step < 8
)
select id, code, level, parent, name_zh, name_en, pinyin, initials, placeholder, valid_from, valid_until
from above order by step desc

-- name: names
select distinct on (code) * from division
where code = any(%(codes)s) and valid_from <= %(day)s
order by code, valid_from desc

-- name: search_code
select found.*
from generate_series(0, 6) as rank (level)
cross join lateral (
    select * from division
    where level = rank.level and code >= %(code_low)s and code < %(code_high)s and code >= %(low)s and code < %(high)s
      and valid_from <= %(day)s and (valid_until is null or valid_until > %(day)s)
    order by code limit %(limit)s
) as found
order by level, code limit %(limit)s

-- name: search_beginning
-- Names, pinyin, initials and English names that begin so: whole ones first, then level by level.
select division.*
from (
    select distinct on (found.code) found.*
    from generate_series(0, 6) as rank (level)
    cross join lateral (
        (select * from division where level = rank.level and name_zh like %(beginning)s
            and valid_from <= %(day)s and (valid_until is null or valid_until > %(day)s)
            and code >= %(low)s and code < %(high)s order by name_zh using ~<~ limit %(limit)s)
        union all
        (select * from division where level = rank.level and pinyin like %(letters_beginning)s
            and valid_from <= %(day)s and (valid_until is null or valid_until > %(day)s)
            and code >= %(low)s and code < %(high)s order by pinyin using ~<~ limit %(limit)s)
        union all
        (select * from division where level = rank.level and initials like %(letters_beginning)s
            and valid_from <= %(day)s and (valid_until is null or valid_until > %(day)s)
            and code >= %(low)s and code < %(high)s order by initials using ~<~ limit %(limit)s)
        union all
        (select * from division where level = rank.level and name_en <> '' and lower(name_en) like %(beginning)s
            and valid_from <= %(day)s and (valid_until is null or valid_until > %(day)s)
            and code >= %(low)s and code < %(high)s order by lower(name_en) using ~<~ limit %(limit)s)
    ) as found
) as division
order by %(needle)s not in (name_zh, lower(name_en)) and %(letters)s not in (pinyin, initials),
         placeholder, level, length(name_zh), code
limit %(limit)s

-- name: search_part
-- Names with this part, two characters or more. Of a part that thousands have, any two thousand are ordered: whoever means
-- one of them types more.
select * from (
    select * from division
    where pairs(name_zh) @> pairs(%(needle)s) and name_zh like %(part)s
      and valid_from <= %(day)s and (valid_until is null or valid_until > %(day)s)
      and code >= %(low)s and code < %(high)s
    limit 2000
) as found
order by placeholder, level, length(name_zh), code
limit %(limit)s

-- name: units
select * from unit
where jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(kind)s::text is null or kind = %(kind)s)
  and (%(part)s::text is null or name_zh like %(part)s or lower(name_en) like %(part)s)
  and (%(after_jurisdiction)s::bigint is null
       or (jurisdiction, kind, id) > (%(after_jurisdiction)s::bigint, %(after_kind)s::text, %(after_id)s::uuid))
order by jurisdiction, kind, id
limit %(limit)s

-- name: units_by_id
select * from unit where id = any(%(ids)s)

-- name: posts
select * from post
where jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(kind)s::text is null or kind = %(kind)s)
  and (%(unit)s::uuid is null or unit = %(unit)s)
  and (%(after_jurisdiction)s::bigint is null
       or (jurisdiction, kind, id) > (%(after_jurisdiction)s::bigint, %(after_kind)s::text, %(after_id)s::uuid))
order by jurisdiction, kind, id
limit %(limit)s

-- name: shifts
-- The shifts of some posts that touch a stretch of time.
select * from shift
where post = any(%(posts)s) and ends > %(since)s and starts < %(until)s
order by post, starts, account

-- name: places
select * from place
where jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(kind)s::text is null or kind = %(kind)s)
  and (%(unit)s::uuid is null or unit = %(unit)s)
  and (%(part)s::text is null or name_zh like %(part)s or lower(name_en) like %(part)s)
  and (closed_at is null or closed_at > %(at)s)
  and (sensitivity <> 'sensitive' or jurisdiction <@ %(keeper)s::int8multirange)
  and (%(after_jurisdiction)s::bigint is null
       or (jurisdiction, kind, id) > (%(after_jurisdiction)s::bigint, %(after_kind)s::text, %(after_id)s::uuid))
order by jurisdiction, kind, id
limit %(limit)s

-- name: places_by_id
select * from place
where id = any(%(ids)s) and (sensitivity <> 'sensitive' or jurisdiction <@ %(keeper)s::int8multirange)

-- name: zones
select * from zone where place = any(%(places)s) order by place, zone

-- name: venue_codes
select * from venue_code where place = any(%(places)s) order by place, zone, number desc

-- name: venue_code
select * from venue_code where place = %(place)s and zone = %(zone)s and number = %(number)s

-- name: venue_codes_called
select * from venue_code where short = %(short)s order by place, zone, number

-- name: places_around
-- Open places with a position in a box, for the base of a map; those where most people go stand first.
select name_zh, name_en, longitude, latitude from place
where longitude between %(west)s and %(east)s and latitude between %(south)s and %(north)s and closed_at is null
  and (sensitivity <> 'sensitive' or jurisdiction <@ %(keeper)s::int8multirange)
order by capacity desc nulls last, id
limit %(limit)s

-- name: townships_around
-- Townships with at least three of their places in a box, and the middle of these.
select jurisdiction / 10000000 * 10000000, avg(longitude), avg(latitude) from place
where longitude between %(west)s and %(east)s and latitude between %(south)s and %(north)s and closed_at is null
  and sensitivity <> 'sensitive' and jurisdiction %% 10000000000 > 0
group by 1 having count(*) >= 3 order by count(*) desc, 1
limit %(limit)s
