-- Looks are kept three years (PRIVACY R19). What is older goes from the beginning of the chain; where it was cut stands
-- here, so that the chain of the rest can be checked from there on, and against the signed heads that others keep.
CREATE TABLE access_cut (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    id   bigint NOT NULL,
    hash bytea NOT NULL
);
COMMENT ON TABLE access_cut IS 'the last entry that went, and its hash; nobody is in it';

DROP TRIGGER access_is_final ON access;
CREATE TRIGGER access_is_final BEFORE UPDATE OR TRUNCATE ON access
    FOR EACH STATEMENT EXECUTE FUNCTION access_is_final();

CREATE FUNCTION access_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.id > coalesce((SELECT id FROM access_cut), 0) THEN
        RAISE EXCEPTION 'the access log is append-only';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER access_is_kept BEFORE DELETE ON access FOR EACH ROW EXECUTE FUNCTION access_is_kept();

CREATE FUNCTION access_cut_is_further() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.id <= OLD.id THEN
        RAISE EXCEPTION 'the access log is cut further on only';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER access_cut_is_further BEFORE UPDATE OR DELETE ON access_cut
    FOR EACH ROW EXECUTE FUNCTION access_cut_is_further();

-- Take away the entries before the first one of `before` or later; how many. Never younger ones than three years by the
-- database's own clock, whatever the caller's says, and never the last entry: a chain has an end.
CREATE FUNCTION access_end(before timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    last access;
    gone bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('epiloop.access'));
    SELECT * INTO last FROM access WHERE access.id < coalesce(
        (SELECT a.id FROM access AS a WHERE a.at >= least(before, now() - interval '3 years') ORDER BY a.id LIMIT 1),
        (SELECT max(a.id) FROM access AS a)) ORDER BY access.id DESC LIMIT 1;
    IF last.id IS NULL THEN
        RETURN 0;
    END IF;
    INSERT INTO access_cut VALUES (true, last.id, last.hash)
    ON CONFLICT (one) DO UPDATE SET id = EXCLUDED.id, hash = EXCLUDED.hash;
    GRANT DELETE ON access TO CURRENT_USER;
    DELETE FROM access WHERE access.id <= last.id;
    GET DIAGNOSTICS gone = ROW_COUNT;
    REVOKE DELETE ON access FROM CURRENT_USER;
    RETURN gone;
END
$$;
