-- Salts: what makes a subject's key. A subject without a salt was erased; the row stays so that it is never made again.
CREATE TABLE salt (
    subject uuid PRIMARY KEY,
    salt    bytea CHECK (octet_length(salt) = 32)
);
COMMENT ON TABLE salt IS 'personal: key material; purpose: sealing; retention: until erasure';

-- Who somebody is, sealed under their own key. No column here is readable without the master key.
CREATE TABLE identity (
    subject uuid PRIMARY KEY,
    sealed  bytea NOT NULL
);
COMMENT ON TABLE identity IS 'personal: sealed identity; purpose: contact and care; retention: until erasure';
ALTER TABLE identity ALTER COLUMN sealed SET STORAGE PLAIN;

-- Keyed hashes under which somebody is found, apart from the identity so that a search reads narrow rows.
-- The jurisdiction is in no index: then a move is a heap-only update and leaves the token indexes alone.
CREATE TABLE sought (
    subject      uuid PRIMARY KEY,
    jurisdiction bigint NOT NULL,
    exact        uuid[] NOT NULL,
    spelling     integer[] NOT NULL,
    sound        integer[] NOT NULL
) WITH (fillfactor = 90);
COMMENT ON TABLE sought IS 'personal: keyed tokens and jurisdiction; purpose: search, linkage; retention: until erasure';
-- A search reads the pending list from end to end, so it is kept short.
CREATE INDEX sought_exact ON sought USING gin (exact) WITH (gin_pending_list_limit = 1024);
CREATE INDEX sought_name ON sought USING gin (spelling, sound) WITH (gin_pending_list_limit = 1024);

-- Puts already done. The key is hashed: it can be made of outside numbers.
CREATE TABLE done (
    key     bytea PRIMARY KEY,
    done_at timestamptz NOT NULL DEFAULT now()
);

-- Who looked at what, by which authorisation (about). Append-only and chained: each row's hash covers the one before.
-- Visitors whom the vault does not know stand in `subjects` by the token of the number they gave.
CREATE TABLE access (
    id       bigint PRIMARY KEY,
    at       timestamptz NOT NULL,
    kind     text NOT NULL CHECK (kind IN ('reveal', 'facts', 'search', 'linkage',
        'trace', 'history', 'legal-order', 'break-glass', 'attest', 'read', 'approve')),
    asker    text NOT NULL CHECK (asker <> ''),
    unit     text NOT NULL,
    purpose  text NOT NULL CHECK (purpose <> ''),
    about    uuid,
    subjects uuid[] NOT NULL,
    prev     bytea NOT NULL,
    hash     bytea NOT NULL
);
COMMENT ON TABLE access IS 'personal: who looked at whom; purpose: audit; retention: 3 years';
CREATE INDEX access_subjects ON access USING gin (subjects) WITH (gin_pending_list_limit = 128);

CREATE FUNCTION access_hash(prev bytea, id bigint, at timestamptz, kind text, asker text, unit text, purpose text,
    about uuid, subjects uuid[])
RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(prev || convert_to(jsonb_build_array(
        id, (extract(epoch FROM at) * 1000000)::bigint, kind, asker, unit, purpose, about, to_jsonb(subjects))::text, 'UTF8'))
$$;

-- One writer at a time: a chain has one end.
CREATE FUNCTION access_append(at timestamptz, kind text, asker text, unit text, purpose text, about uuid, subjects uuid[])
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    last access;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('epiloop.access'));
    SELECT * INTO last FROM access ORDER BY access.id DESC LIMIT 1;
    last.id := coalesce(last.id, 0) + 1;
    last.hash := coalesce(last.hash, '\x'::bytea);
    INSERT INTO access VALUES (last.id, at, kind, asker, unit, purpose, about, subjects, last.hash,
        access_hash(last.hash, last.id, at, kind, asker, unit, purpose, about, subjects));
    RETURN last.id;
END
$$;

CREATE FUNCTION access_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the access log is append-only';
END
$$;
CREATE TRIGGER access_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON access
    FOR EACH STATEMENT EXECUTE FUNCTION access_is_final();
REVOKE UPDATE, DELETE, TRUNCATE ON access FROM CURRENT_USER;

-- People whose name shares at least `need` of the tokens of `probe`, best first (vault/tokens.py: Probe.score).
-- Whoever shares `need` of n tokens shares two of any n - need + 2 of them, so the index is asked for pairs of the rarest
-- ones only. Which are rare the planner's statistics say; were they wrong, it would be slower and find the same.
CREATE FUNCTION seek_name(family text, probe integer[], need integer, weight float8, within int8multirange, most integer)
RETURNS TABLE (subject uuid, score float8) LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
DECLARE
    pairs text;
    hits text;
BEGIN
    WITH frequent AS (
        SELECT token, frequency
        FROM pg_stats, unnest(most_common_elems::text::integer[], most_common_elem_freqs) AS common (token, frequency)
        WHERE schemaname = current_schema() AND tablename = 'sought' AND attname = family
          AND need > 2  -- else all tokens are asked for
    ), rare AS (
        SELECT token, row_number() OVER (ORDER BY coalesce(frequency, 0), token) AS rank
        FROM unnest(probe) AS token LEFT JOIN frequent USING (token)
        ORDER BY rank LIMIT cardinality(probe) - need + 2
    )
    SELECT string_agg(format('%I @> %L', family, ARRAY[one.token, other.token]), ' OR ') INTO pairs
    FROM rare AS one JOIN rare AS other ON one.rank < other.rank;
    -- Written out token by token: a subquery for each candidate takes ten times as long.
    SELECT string_agg(format('(%L = ANY (%I))::integer', token, family), ' + ') INTO hits FROM unnest(probe) AS token;
    RETURN QUERY EXECUTE format(
        $find$
        SELECT subject, $3 * (2 * (%3$s) / (cardinality($1) + cardinality(%1$I))::float8) AS score
        FROM sought
        WHERE (%2$s) AND jurisdiction <@ $4 AND %3$s >= $2
        ORDER BY score DESC, subject LIMIT $5
        $find$, family, pairs, hits) USING probe, need, weight, within, most;
END
$$;
