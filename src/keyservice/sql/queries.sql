-- name: mark_done
INSERT INTO done (key) VALUES (%(key)s) ON CONFLICT DO NOTHING RETURNING true

-- name: lock_salts
SELECT subject, salt FROM salt WHERE subject = ANY (%(subjects)s::uuid[]) ORDER BY subject FOR UPDATE

-- name: salts
SELECT subject, salt FROM salt WHERE subject = ANY (%(subjects)s::uuid[]) AND salt IS NOT NULL

-- name: copy_identities
COPY identity (subject, sealed) FROM STDIN (FORMAT binary)

-- name: copy_sought
COPY sought (subject, jurisdiction, exact, spelling, sound) FROM STDIN (FORMAT binary)

-- name: add_salts
INSERT INTO salt (subject, salt)
SELECT subject, substr(%(salts)b, 32 * place::integer - 31, 32)
FROM unnest(%(subjects)s::uuid[]) WITH ORDINALITY AS made (subject, place)
ON CONFLICT DO NOTHING

-- name: forget_identities
DELETE FROM identity WHERE subject = ANY (%(subjects)s::uuid[])

-- name: forget_sought
DELETE FROM sought WHERE subject = ANY (%(subjects)s::uuid[])

-- name: forget_salts
INSERT INTO salt (subject, salt) SELECT subject, NULL FROM unnest(%(subjects)s::uuid[]) AS subject ORDER BY subject
ON CONFLICT (subject) DO UPDATE SET salt = NULL

-- name: move
UPDATE sought SET jurisdiction = moved.jurisdiction
FROM unnest(%(subjects)s::uuid[], %(jurisdictions)s::bigint[]) AS moved (subject, jurisdiction)
WHERE sought.subject = moved.subject AND sought.jurisdiction <> moved.jurisdiction

-- name: sealed
SELECT subject, salt, sealed FROM identity JOIN salt USING (subject)
WHERE subject = ANY (%(subjects)s::uuid[]) AND salt IS NOT NULL

-- name: log_access
SELECT access_append(%(at)s, %(kind)s, %(asker)s, %(unit)s, %(purpose)s, %(about)s, %(subjects)s::uuid[])

-- name: accesses
SELECT at, kind, asker, purpose, subjects, id, unit, about FROM access
WHERE id < coalesce(%(before)s::bigint, 9223372036854775807)
ORDER BY id DESC LIMIT %(limit)s

-- name: accesses_of
-- Materialized, here and below: else the planner may walk the primary key in the hope of meeting a hit early.
WITH found AS MATERIALIZED (
    SELECT id, at, kind, asker, purpose, subjects, unit, about FROM access
    -- also under the tokens of their phones and documents, by which they may have been met before they were known
    WHERE subjects && (%(subject)s::uuid || coalesce((SELECT exact FROM sought WHERE subject = %(subject)s), '{}'))
)
SELECT at, kind, asker, purpose, subjects, id, unit, about FROM found
WHERE id < coalesce(%(before)s::bigint, 9223372036854775807)
ORDER BY id DESC LIMIT %(limit)s

-- name: broken_accesses
SELECT id FROM (
    SELECT access.*, lag(access.hash, 1, coalesce(cut.hash, '\x'::bytea)) OVER (ORDER BY access.id) AS before,
        row_number() OVER (ORDER BY access.id) + coalesce(cut.id, 0) AS place
    FROM access LEFT JOIN access_cut AS cut ON cut.one
) AS chained
WHERE prev <> before OR id <> place OR hash <> access_hash(prev, id, at, kind, asker, unit, purpose, about, subjects)
ORDER BY id LIMIT 10

-- name: hold_log
SELECT pg_advisory_xact_lock(hashtext('epiloop.access'))

-- name: witnessed
SELECT unit FROM access
WHERE kind IN ('witness', 'conflict') AND kind = 'witness' AND unit COLLATE "C" >= %(since)s
ORDER BY unit COLLATE "C"

-- name: disputed
SELECT true FROM access
WHERE kind IN ('witness', 'conflict') AND kind = 'conflict' AND unit COLLATE "C" = %(unit)s LIMIT 1

-- name: hashes
SELECT id, hash FROM access WHERE id = ANY (%(numbers)s::bigint[])
UNION ALL SELECT id, hash FROM access_cut WHERE id = ANY (%(numbers)s::bigint[])

-- name: end_log
SELECT access_end(%(before)s)

-- name: daily_heads
SELECT DISTINCT ON (day) day, id, hash
FROM (SELECT (at AT TIME ZONE 'UTC')::date AS day, id, hash FROM access) AS dated
WHERE day > %(after)s AND day < %(today)s
ORDER BY day, id DESC

-- name: counts
SELECT count(*) FILTER (WHERE salt IS NOT NULL), count(*) FILTER (WHERE salt IS NULL), (SELECT count(*) FROM identity),
    (SELECT count(*) FROM access),
    (SELECT hash FROM access ORDER BY id DESC LIMIT 1), (SELECT at FROM access ORDER BY id DESC LIMIT 1)
FROM salt

-- name: seek_exact
WITH found AS MATERIALIZED (
    SELECT subject, jurisdiction FROM sought WHERE exact @> ARRAY[%(token)s::uuid]
)
SELECT subject FROM found WHERE jurisdiction <@ %(scope)s::int8multirange ORDER BY subject LIMIT %(limit)s

-- name: seek_name
SELECT subject, score
FROM seek_name(%(family)s, %(tokens)s::integer[], %(need)s, %(weight)s, %(scope)s::int8multirange, %(limit)s)

-- name: candidates
WITH asked AS MATERIALIZED (
    SELECT subject, token FROM sought CROSS JOIN unnest(exact) AS token
    WHERE subject = ANY (%(subjects)s::uuid[]) AND jurisdiction <@ %(scope)s::int8multirange
), shared AS MATERIALIZED (
    SELECT token, subjects
    FROM (SELECT DISTINCT token FROM asked) AS tokens
    CROSS JOIN LATERAL (SELECT array_agg(subject) AS subjects FROM sought WHERE exact @> ARRAY[token]) AS sharing
    WHERE cardinality(subjects) BETWEEN 2 AND %(most)s
)
SELECT DISTINCT asked.subject, other.subject
FROM asked
JOIN shared USING (token)
CROSS JOIN unnest(shared.subjects) AS partner
JOIN sought AS other ON other.subject = partner
WHERE other.subject <> asked.subject AND other.jurisdiction <@ %(scope)s::int8multirange

-- name: columns
SELECT relname, attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
