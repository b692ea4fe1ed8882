-- Public keys that may sign: of people for a unit, and of laboratories. `since` NULL: nobody has let it in yet.
CREATE TABLE enrolled (
    key     bytea PRIMARY KEY CHECK (octet_length(key) = 16),
    kind    text NOT NULL CHECK (kind IN ('ed25519', 'p256')),
    content bytea NOT NULL,
    role    text NOT NULL CHECK (role IN ('person', 'laboratory')),
    holder  text NOT NULL CHECK (holder <> ''),
    unit    text NOT NULL,
    since   timestamptz,
    until   timestamptz NOT NULL,
    CHECK ((role = 'person') = (unit <> '')),
    CHECK (role = 'person' OR kind = 'ed25519')
);
COMMENT ON TABLE enrolled IS 'personal: staff account and signing key; purpose: approval; retention: 3 years';
CREATE INDEX enrolled_holder ON enrolled (role, holder);

-- Results that laboratories signed. `person` is the token of the number in it; the text is sealed.
CREATE TABLE attestation (
    id          uuid PRIMARY KEY,
    person      uuid NOT NULL,
    taken_at    timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    key         bytea NOT NULL REFERENCES enrolled,
    signature   bytea NOT NULL,
    sealed      bytea NOT NULL
);
COMMENT ON TABLE attestation IS 'personal: sealed laboratory result; purpose: contact search; retention: 28 days';
CREATE INDEX attestation_person ON attestation (person);

-- What may be opened of whom. The text is sealed under the subject's key, so it goes with the subject.
CREATE TABLE authorisation (
    id           uuid PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('trace', 'history', 'legal-order', 'break-glass')),
    subject      uuid NOT NULL,
    creator      text NOT NULL,
    unit         text NOT NULL,
    made_at      timestamptz NOT NULL,
    expires      timestamptz NOT NULL,
    proposed_at  timestamptz NOT NULL,
    digest       bytea NOT NULL,
    sealed       bytea,
    withdrawn_at timestamptz,
    withdrawn_by text,
    reviewed_at  timestamptz,
    reviewer     text,
    justified    boolean,
    CHECK ((reviewed_at IS NULL) = (justified IS NULL)),
    CHECK (reviewer <> creator)
);
COMMENT ON TABLE authorisation IS 'personal: whose visits may be opened; purpose: approval, audit; retention: 3 years';
CREATE INDEX authorisation_unreviewed ON authorisation (creator) WHERE kind = 'break-glass' AND reviewed_at IS NULL;
CREATE INDEX authorisation_latest ON authorisation (proposed_at DESC);

-- Who signed it: the creator, then others; each once.
CREATE TABLE signed (
    authorisation uuid NOT NULL REFERENCES authorisation,
    holder        text NOT NULL,
    key           bytea NOT NULL REFERENCES enrolled,
    value         bytea NOT NULL,
    at            timestamptz NOT NULL,
    PRIMARY KEY (authorisation, holder)
);
COMMENT ON TABLE signed IS 'personal: staff account; purpose: approval, audit; retention: 3 years';

-- Each use of an authorisation, written with its entry in the log; how many people it showed, and how many sealed
-- messages a search opened for it (NULL: none was finished).
CREATE TABLE opening (
    number        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    authorisation uuid NOT NULL REFERENCES authorisation,
    at            timestamptz NOT NULL,
    asker         text NOT NULL,
    people        integer NOT NULL DEFAULT 0,
    rows          integer
);
COMMENT ON TABLE opening IS 'personal: staff account; purpose: public counts, audit; retention: 3 years';
CREATE INDEX opening_authorisation ON opening (authorisation);
