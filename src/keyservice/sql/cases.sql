-- name: enrol
INSERT INTO enrolled (key, kind, content, role, holder, unit, since, until)
VALUES (%(key)s, %(kind)s, %(content)s, %(role)s, %(holder)s, %(unit)s, %(since)s, %(until)s)
ON CONFLICT (key) DO UPDATE SET since = least(enrolled.since, excluded.since), until = excluded.until
WHERE (enrolled.role, enrolled.holder, enrolled.unit) = (excluded.role, excluded.holder, excluded.unit)
RETURNING since

-- name: enrol_waiting
-- What is there already stays as it is: who may only ask ends and renews nothing.
INSERT INTO enrolled (key, kind, content, role, holder, unit, since, until)
VALUES (%(key)s, %(kind)s, %(content)s, %(role)s, %(holder)s, %(unit)s, NULL, %(until)s)
ON CONFLICT (key) DO NOTHING

-- name: waiting_of
SELECT count(*) FROM enrolled WHERE role = 'person' AND holder = %(holder)s AND since IS NULL

-- name: end_key
UPDATE enrolled SET until = least(until, %(at)s) WHERE key = %(key)s AND role = %(role)s AND holder = %(holder)s
RETURNING true

-- name: end_holder
UPDATE enrolled SET until = least(until, %(at)s) WHERE role = %(role)s AND holder = %(holder)s RETURNING true

-- name: enrolled_key
SELECT kind, content, role, holder, unit, since, until FROM enrolled WHERE key = %(key)s

-- name: enrolled_all
SELECT kind, content, role, holder, unit, since, until FROM enrolled
WHERE role = %(role)s AND (%(holder)s::text IS NULL OR holder = %(holder)s)
ORDER BY holder, since NULLS LAST, key

-- name: overdue_glass
SELECT true FROM authorisation
WHERE kind = 'break-glass' AND reviewed_at IS NULL AND creator = %(asker)s AND proposed_at < %(before)s LIMIT 1

-- name: unreviewed_glass
SELECT count(*) FROM authorisation WHERE kind = 'break-glass' AND reviewed_at IS NULL AND creator = %(asker)s

-- name: owners
SELECT token, array_agg(subject ORDER BY subject)
FROM unnest(%(tokens)s::uuid[]) AS token
CROSS JOIN LATERAL (SELECT subject FROM sought WHERE exact @> ARRAY[token] LIMIT 20) AS found
GROUP BY token

-- name: attest
INSERT INTO attestation (id, person, taken_at, received_at, key, signature, sealed)
VALUES (%(id)s, %(person)s, %(taken_at)s, %(at)s, %(key)s, %(signature)s, %(sealed)s)
ON CONFLICT (id) DO NOTHING RETURNING true

-- name: attestations
SELECT id, received_at, signature, sealed, kind, content, role, holder, unit, since, until
FROM attestation JOIN enrolled USING (key)
WHERE person = ANY (%(people)s::uuid[]) AND taken_at > %(after)s ORDER BY taken_at, id

-- name: propose
INSERT INTO authorisation (id, kind, subject, creator, unit, made_at, expires, proposed_at, digest, sealed)
VALUES (%(id)s, %(kind)s, %(subject)s, %(creator)s, %(unit)s, %(made_at)s, %(expires)s, %(at)s, %(digest)s, %(sealed)s)
ON CONFLICT (id) DO NOTHING RETURNING true

-- name: digest_of
SELECT digest FROM authorisation WHERE id = %(id)s

-- name: sign
INSERT INTO signed (authorisation, holder, key, value, at) VALUES (%(id)s, %(holder)s, %(key)s, %(value)s, %(at)s)
ON CONFLICT (authorisation, holder) DO NOTHING

-- name: authorisation
SELECT authorisation.subject, salt, sealed, digest, proposed_at, withdrawn_at, reviewed_at
FROM authorisation LEFT JOIN salt USING (subject) WHERE id = %(id)s

-- name: hold
SELECT true FROM authorisation WHERE id = %(id)s FOR SHARE

-- name: signatures
SELECT signed.key, value, at, kind, content, role, enrolled.holder, unit, since, until
FROM signed JOIN enrolled USING (key) WHERE authorisation = %(id)s ORDER BY at, signed.holder

-- name: withdraw
UPDATE authorisation SET withdrawn_at = %(at)s, withdrawn_by = %(by)s WHERE id = %(id)s AND withdrawn_at IS NULL

-- name: end_unfounded
-- What rests on a positive: searches, and where the case itself was. Legal orders and emergencies do not.
UPDATE authorisation SET withdrawn_at = %(at)s, withdrawn_by = %(by)s
WHERE subject = %(subject)s AND kind IN ('trace', 'history') AND withdrawn_at IS NULL AND expires > %(at)s

-- name: review
UPDATE authorisation SET reviewed_at = %(at)s, reviewer = %(by)s, justified = %(justified)s
WHERE id = %(id)s AND reviewed_at IS NULL

-- name: grants
SELECT id, kind,
    CASE WHEN withdrawn_at IS NOT NULL THEN 'withdrawn' WHEN expires <= %(now)s THEN 'expired'
        WHEN (SELECT count(*) FROM signed WHERE authorisation = id) > (%(needed)s::jsonb ->> kind)::integer THEN 'open'
        ELSE 'proposed' END,
    creator, unit, made_at, expires,
    (SELECT count(*) FROM signed WHERE authorisation = id) - 1,
    (SELECT count(*) FROM opening WHERE authorisation = id),
    CASE WHEN kind = 'break-glass' AND reviewed_at IS NULL THEN proposed_at + %(within)s END
FROM authorisation ORDER BY proposed_at DESC, id LIMIT %(limit)s

-- name: open
INSERT INTO opening (authorisation, at, asker) VALUES (%(id)s, %(at)s, %(asker)s) RETURNING number

-- name: searched
UPDATE opening SET rows = %(rows)s WHERE number = %(number)s

-- name: shown
UPDATE opening SET people = %(people)s WHERE number = %(number)s

-- name: counted
WITH told AS (
    SELECT (proposed_at AT TIME ZONE 'UTC')::date AS day, kind, 0 AS openings, 0 AS people, NULL::boolean AS justified
    FROM authorisation
    UNION ALL
    SELECT (at AT TIME ZONE 'UTC')::date, NULL, 1, people, NULL FROM opening
    UNION ALL
    SELECT (reviewed_at AT TIME ZONE 'UTC')::date, NULL, 0, 0, justified FROM authorisation WHERE reviewed_at IS NOT NULL
)
SELECT day, count(*) FILTER (WHERE kind = 'trace'), count(*) FILTER (WHERE kind = 'history'),
    count(*) FILTER (WHERE kind = 'legal-order'), count(*) FILTER (WHERE kind = 'break-glass'),
    sum(openings), sum(people), count(justified), count(*) FILTER (WHERE NOT justified)
FROM told WHERE day > %(after)s GROUP BY day ORDER BY day

-- name: forget_texts
UPDATE authorisation SET sealed = NULL WHERE sealed IS NOT NULL AND expires < %(before)s

-- name: forget_attestations
DELETE FROM attestation WHERE taken_at < %(before)s
