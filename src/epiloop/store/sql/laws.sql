-- name: adoptions
select stream, rulebook, digest, jurisdiction, adopted_at, recorded_at from adoption order by recorded_at, rulebook

-- name: text
select text from rulebook_text where digest = %(digest)s

-- name: keep_text
insert into rulebook_text (digest, name, text) values (%(digest)s, %(name)s, %(text)s) on conflict do nothing
