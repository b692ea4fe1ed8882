-- name: keep
insert into import_upload (id, account, jurisdiction, made_at, expires_at, mapping, sealed)
values (%(id)s, %(account)s, %(jurisdiction)s, %(at)s, %(expires_at)s, %(mapping)s, %(sealed)s)

-- name: one
select id, account, jurisdiction, made_at, expires_at, mapping, wanted, language, state, null as sealed
from import_upload where id = %(id)s and expires_at > %(now)s

-- name: with_files
select id, account, jurisdiction, made_at, expires_at, mapping, wanted, language, state, sealed
from import_upload where id = %(id)s and expires_at > %(now)s

-- name: of_account
select id, account, jurisdiction, made_at, expires_at, mapping, wanted, language, state, null as sealed
from import_upload where account = %(account)s and expires_at > %(now)s order by made_at desc

-- name: map
-- Another mapping; what was found under the last one is no longer true.
update import_upload set mapping = %(mapping)s, state = '{}' where id = %(id)s and wanted = ''

-- name: want
-- Compare-and-set: two people pressing the button at once start one piece of work.
update import_upload set wanted = %(wanted)s, language = %(language)s, state = '{}' where id = %(id)s and wanted = ''

-- name: note
update import_upload set state = %(state)s where id = %(id)s

-- name: settle
update import_upload set state = %(state)s, wanted = '' where id = %(id)s

-- name: drop
delete from import_upload where id = %(id)s

-- name: expired
select id from import_upload where expires_at <= %(now)s and wanted = ''

-- name: wanted
select id from import_upload where wanted <> '' order by made_at

-- name: claim
-- Held by the connection: whoever dies lets go of it.
select pg_try_advisory_lock(hashtextextended(%(id)s::text, 77))

-- name: release
select pg_advisory_unlock(hashtextextended(%(id)s::text, 77))
