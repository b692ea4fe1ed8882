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
SELECT access_append(%(at)s, %(kind)s, %(asker)s, %(purpose)s, %(subjects)s::uuid[])

-- name: accesses
SELECT at, kind, asker, purpose, subjects FROM access ORDER BY id DESC LIMIT %(limit)s

-- name: accesses_of
SELECT at, kind, asker, purpose, subjects FROM access WHERE subjects @> ARRAY[%(subject)s::uuid]
ORDER BY id DESC LIMIT %(limit)s

-- name: broken_accesses
SELECT id FROM (
    SELECT *, lag(hash, 1, '\x'::bytea) OVER (ORDER BY id) AS before, row_number() OVER (ORDER BY id) AS place FROM access
) AS chained
WHERE prev <> before OR id <> place OR hash <> access_hash(prev, id, at, kind, asker, purpose, subjects)
ORDER BY id LIMIT 10

-- name: seek_exact
SELECT subject FROM sought
WHERE exact @> ARRAY[%(token)s::uuid] AND jurisdiction <@ %(scope)s::int8multirange ORDER BY subject LIMIT %(limit)s

-- name: seek_name
SELECT subject, score
FROM seek_name(%(family)s, %(tokens)s::integer[], %(need)s, %(weight)s, %(scope)s::int8multirange, %(limit)s)

-- name: candidates
WITH asked AS MATERIALIZED (
    SELECT subject, exact FROM sought
    WHERE subject = ANY (%(subjects)s::uuid[]) AND jurisdiction <@ %(scope)s::int8multirange
), shared AS (
    SELECT token, (
        SELECT array_agg(subject) FROM (
            SELECT subject FROM sought WHERE exact @> ARRAY[token] LIMIT %(most)s + 1
        ) AS sharing
    ) AS subjects
    FROM (SELECT DISTINCT unnest(exact) AS token FROM asked) AS tokens
)
SELECT DISTINCT asked.subject, other.subject
FROM shared
JOIN asked ON asked.exact @> ARRAY[shared.token]
JOIN sought AS other ON other.subject = ANY (shared.subjects)
WHERE cardinality(shared.subjects) BETWEEN 2 AND %(most)s
  AND other.subject <> asked.subject AND other.jurisdiction <@ %(scope)s::int8multirange
