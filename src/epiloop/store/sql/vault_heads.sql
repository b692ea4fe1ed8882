-- name: latest
select max(day) from vault_head

-- name: keep
insert into vault_head (day, entries, hash, key, signature, kept_at)
values (%(day)s, %(entries)s, %(hash)s, %(key)s, %(signature)s, %(kept_at)s) on conflict (day) do nothing

-- name: kept
select day, entries, hash, key, signature from vault_head order by day
