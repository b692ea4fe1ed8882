-- name: told_keys
-- What these streams were told under these names so far: source keys in recorded order.
select stream, source_key from event where stream = any(%(streams)b) and source_key is not null order by stream, version

-- name: told_keys_before
-- The same as it was when an act was carried out.
select stream, source_key
from event join act as done on done.key = %(key)s
where stream = any(%(streams)b) and source_key is not null
  and event.act <> done.id and event.recorded_at <= done.recorded_at
order by stream, version

-- name: links_of_system
-- The standing links that a list of this system told, each with the key it told it under last.
select contact_link.contact, contact_link.link, contact_link.disease, contact_link.jurisdiction, told.source_key
from contact_link
cross join lateral (
    select source_key from event
    where event.stream = contact_link.contact
      and starts_with(source_key, 'contact:' || contact_link.link || ':' || %(system)s || ':')
    order by version desc limit 1
) as told
where withdrawn_at is null
order by contact_link.contact, contact_link.link

-- name: known_people
select id from person where id = any(%(ids)b)

-- name: stays
select id, jurisdiction from person where id = any(%(ids)b)

-- name: remember_mapping
insert into import_mapping (signature, mapping, changed_at, account) values (%(signature)s, %(mapping)s, %(at)s, %(account)s)
on conflict (signature) do update set mapping = excluded.mapping, changed_at = excluded.changed_at, account = excluded.account

-- name: remembered_mapping
select mapping from import_mapping where signature = %(signature)s

-- name: start_run
insert into import_run (id, started_at, account, jurisdiction, what, total, result)
values (%(id)s, %(at)s, %(account)s, %(jurisdiction)s, %(what)s, %(total)s, '{}')

-- name: finish_run
update import_run
set finished_at = %(at)s, result = %(result)s, rejects = %(rejects)s, rejects_expire_at = %(expire_at)s
where id = %(id)s

-- name: note_progress
update import_run set result = %(result)s where id = %(id)s

-- name: run
select id, started_at, finished_at, account, jurisdiction, what, total, result, rejects, rejects_expire_at
from import_run where id = %(id)s

-- name: drop_expired
update import_run set rejects = null where rejects is not null and rejects_expire_at <= %(now)s
