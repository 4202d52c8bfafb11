-- Identity: departments, their machines' keys and certificates, staff members, roles and sessions.
-- Secrets are never stored. Codes and tokens are stored as SHA-256 hashes (they are random, so no salt is needed), keys as their
-- public half.
-- Each row names the log entry that created it. Rows are not deleted: a row that has ended gets a time.

-- One row per department. Departments call the hub; staff members belong to them.
CREATE TABLE department (
  code          text PRIMARY KEY,
  name_zh       text NOT NULL,
  name_en       text NOT NULL,
  kind          text NOT NULL CHECK (kind IN ('government', 'authorised', 'public-service', 'contractor')),
  -- the department that a contractor works for
  principal     text REFERENCES department(code),
  parent        text REFERENCES department(code),
  level         text CHECK (level IN ('national', 'province', 'city', 'county', 'township')),
  region        text,
  -- true for the data office, which runs the rules of the hub
  data_office   boolean NOT NULL DEFAULT false,
  registered_by uuid NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((kind = 'contractor') = (principal IS NOT NULL)),
  CHECK (parent <> code AND principal <> code)
);

-- Staff members. One person alone cannot admit another: an invitation has two halves, held by two persons. The value 'hub' stands
-- for the operator of the machine during datong admin bootstrap.
CREATE TABLE person (
  id           text PRIMARY KEY,
  name         text NOT NULL,
  -- where they work; NULL: the data office
  department   text REFERENCES department(code),
  state        text NOT NULL CHECK (state IN ('invited', 'active', 'ended')),
  invited_by   text NOT NULL,
  confirmed_by text,
  -- log entry of the invitation
  made_by      uuid NOT NULL,
  made_at      timestamptz NOT NULL DEFAULT now(),
  ended_by     uuid,
  -- which of the three separated roles (三员分立: operator, security, auditor) this person was granted; a grant of such a role refers
  -- to it, so simultaneous grants cannot give one person two of them
  guard        text CHECK (guard IN ('operator', 'security', 'auditor', 'several')),
  CONSTRAINT person_guard UNIQUE (id, guard),
  CHECK (confirmed_by IS NULL OR invited_by = 'hub' OR confirmed_by <> invited_by),
  CHECK (state <> 'active' OR confirmed_by IS NOT NULL)
);

-- What a person signs in with: bearer token, passkey, identity provider.
CREATE TABLE credential (
  id         text,
  -- hex SHA-256 of the secret
  hash       text NOT NULL,
  -- separated by spaces
  roles      text,
  expires_at timestamptz NOT NULL,
  issued_by  uuid NOT NULL,
  issued_at  timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz,
  revoked_by uuid,
  person     text NOT NULL REFERENCES person(id),
  kind       text NOT NULL DEFAULT 'token' CHECK (kind IN ('token', 'passkey', 'oidc')),
  -- of a passkey: COSE key and signature counter
  public_key bytea,
  sign_count bigint,
  -- name given by its holder
  label      text,
  CONSTRAINT staff_token_pkey PRIMARY KEY (id),
  CHECK ((kind = 'passkey') = (public_key IS NOT NULL AND sign_count IS NOT NULL))
);
CREATE INDEX credential_person ON credential (person);
CREATE UNIQUE INDEX credential_outside ON credential (kind, hash) WHERE kind <> 'token' AND revoked_at IS NULL;

-- Public keys that departments sign requests with. The first key of a department is valid at once; a later key waits until a
-- second person confirms its thumbprint.
CREATE TABLE signing_key (
  -- SHA-256 thumbprint (RFC 7638)
  keyid         text PRIMARY KEY,
  department    text NOT NULL REFERENCES department(code),
  alg           text NOT NULL CHECK (alg IN ('ecdsa-p256-sha256', 'ed25519')),
  -- SubjectPublicKeyInfo, PEM
  public_key    text NOT NULL,
  not_before    timestamptz NOT NULL,
  revoked_at    timestamptz,
  registered_by uuid NOT NULL,
  -- person who issued the enrolment code; NULL: issued on the hub's own machine
  issuer        text REFERENCES person(id),
  state         text NOT NULL DEFAULT 'active' CHECK (state IN ('waiting', 'active', 'refused')),
  first         boolean NOT NULL DEFAULT true,
  enrolled_at   timestamptz NOT NULL DEFAULT now(),
  confirmed_by  text REFERENCES person(id),
  objected_by   text REFERENCES person(id),
  objection     text,
  refusal       text,
  -- log entry of the last decision
  decided_by    uuid,
  CONSTRAINT signing_key_confirmed CHECK (state <> 'active' OR first OR issuer IS NULL OR confirmed_by IS NOT NULL),
  CONSTRAINT signing_key_objection CHECK ((objected_by IS NULL) = (objection IS NULL)),
  CONSTRAINT signing_key_persons CHECK (confirmed_by <> issuer),
  CONSTRAINT signing_key_refusal CHECK ((state = 'refused') = (refusal IS NOT NULL))
);
CREATE INDEX signing_key_department ON signing_key (department);

-- TLS client certificates that the hub issued to departments.
CREATE TABLE certificate (
  -- lower-case hex
  serial     text PRIMARY KEY,
  department text NOT NULL REFERENCES department(code),
  -- hex SHA-256 of the SubjectPublicKeyInfo: a TLS key belongs to one department
  public_key text NOT NULL,
  pem        text NOT NULL,
  not_before timestamptz NOT NULL,
  not_after  timestamptz NOT NULL,
  -- log entry that enrolled the first certificate of this line of renewals; the signing key of the line has it as registered_by
  enrolment  uuid NOT NULL,
  revoked_at timestamptz,
  reason     text CHECK (reason IN ('key-compromise', 'superseded', 'cessation', 'privilege-withdrawn', 'unspecified')),
  issued_by  uuid NOT NULL,
  revoked_by uuid,
  -- serial of the intermediate authority that issued it and lists its revocation; NULL: the hub's first one
  issuer     text,
  CHECK ((revoked_at IS NULL) = (reason IS NULL))
);
CREATE INDEX certificate_department ON certificate (department);
CREATE INDEX certificate_enrolment ON certificate (enrolment);
CREATE INDEX certificate_public_key ON certificate (public_key);
CREATE INDEX certificate_newest ON certificate (department, not_after DESC, serial) WHERE revoked_at IS NULL;

-- One-time codes that a department's machine enrols with.
CREATE TABLE enrolment_code (
  -- hex SHA-256 of the code
  hash       text PRIMARY KEY,
  id         text NOT NULL UNIQUE,
  department text NOT NULL REFERENCES department(code),
  expires_at timestamptz NOT NULL,
  issued_by  uuid NOT NULL,
  issued_at  timestamptz NOT NULL DEFAULT now(),
  used_at    timestamptz,
  used_by    uuid,
  -- person who issued it; NULL: issued on the hub's own machine
  issuer     text REFERENCES person(id),
  CHECK ((used_at IS NULL) = (used_by IS NULL))
);

-- Roles of persons. A role counts after a second person has confirmed it; a confirmed role is never deleted.
CREATE TABLE role_grant (
  person       text NOT NULL REFERENCES person(id),
  role         text NOT NULL CHECK (role IN ('operator', 'steward', 'security', 'auditor', 'clerk', 'leader')),
  -- NULL: the data office
  department   text REFERENCES department(code),
  granted_by   text NOT NULL,
  confirmed_by text,
  made_by      uuid NOT NULL,
  -- set for the three separated roles; must equal the person's guard
  guard        text,
  UNIQUE NULLS NOT DISTINCT (person, role, department),
  CONSTRAINT role_grant_apart FOREIGN KEY (person, guard) REFERENCES person(id, guard),
  CHECK (role <> 'operator' OR department IS NULL),
  CHECK (confirmed_by IS NULL OR granted_by = 'hub' OR confirmed_by <> granted_by)
);
-- NOT VALID: rows from before the rule existed may break it
ALTER TABLE role_grant ADD CONSTRAINT role_grant_guarded
  CHECK (guard IS NOT DISTINCT FROM CASE WHEN role IN ('operator', 'security', 'auditor') THEN role ELSE NULL END) NOT VALID;
CREATE TRIGGER role_grant_confirmed_stays BEFORE DELETE ON role_grant
  FOR EACH ROW WHEN (old.confirmed_by IS NOT NULL) EXECUTE FUNCTION refuse_role_loss();

-- Open invitations. Each half of the code is stored as a hash.
CREATE TABLE invitation (
  person     text PRIMARY KEY REFERENCES person(id),
  -- hex SHA-256 of each half
  first      text NOT NULL UNIQUE,
  second     text,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);

-- Browser sessions of staff members.
CREATE TABLE staff_session (
  id         text PRIMARY KEY,
  -- hex SHA-256 of the cookie's value
  hash       text NOT NULL UNIQUE,
  person     text NOT NULL REFERENCES person(id),
  way        text NOT NULL CHECK (way IN ('totp', 'passkey', 'oidc', 'demo')),
  -- credential it was opened with; the session ends with it
  credential text REFERENCES credential(id),
  begun_at   timestamptz NOT NULL,
  seen_at    timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  -- log entries of its beginning and its end
  begun_by   uuid NOT NULL,
  ended_at   timestamptz,
  ended_by   uuid,
  CHECK ((way = 'demo') = (credential IS NULL)),
  CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX staff_session_person ON staff_session (person) WHERE ended_at IS NULL;

-- One-time-code authenticators (TOTP). The secret is sealed.
CREATE TABLE authenticator (
  person       text PRIMARY KEY REFERENCES person(id),
  secret       bytea NOT NULL,
  -- NULL until its first code: before that it proves nothing
  confirmed_at timestamptz,
  -- time step of the last accepted code: no code is accepted twice
  last_step    bigint NOT NULL DEFAULT 0,
  failures     integer NOT NULL DEFAULT 0,
  failed_at    timestamptz,
  made_by      uuid NOT NULL
);

-- WebAuthn challenges that were answered. A challenge can be answered once.
CREATE TABLE challenge_answered (
  hash       text PRIMARY KEY,
  expires_at timestamptz NOT NULL
);

-- Deputies (代办) and standing seconds (AB角) of stewards. Named by one person and confirmed by another, neither of them the deputy.
CREATE TABLE stand_in (
  id         text PRIMARY KEY,
  kind       text NOT NULL CHECK (kind IN ('deputy', 'second')),
  -- the person who is represented, and the person who acts for them
  steward    text NOT NULL REFERENCES person(id),
  person     text NOT NULL REFERENCES person(id),
  -- NULL: the data office
  department text REFERENCES department(code),
  -- a standing second has no end
  begins     timestamptz NOT NULL,
  until      timestamptz,
  why        text NOT NULL,
  digest     text NOT NULL,
  author     text NOT NULL,
  approver   text NOT NULL,
  exchange   uuid NOT NULL,
  ended_by   text,
  reason     text,
  CHECK (person <> steward),
  CHECK (until > begins),
  CHECK (author <> person),
  CHECK (approver <> author AND approver <> person),
  CHECK ((kind = 'second') = (until IS NULL)),
  CHECK ((ended_by IS NULL) = (reason IS NULL))
);
-- one standing second per steward and place
CREATE UNIQUE INDEX stand_in_second ON stand_in (steward, department) NULLS NOT DISTINCT WHERE kind = 'second' AND ended_by IS NULL;

-- Mandates (签署授权书): whom a department's key authorises to sign agreements. Append-only, because agreements are verified against
-- them for as long as they exist.
CREATE TABLE mandate (
  id         text PRIMARY KEY CHECK (id ~ '^mdt-[0-9a-f]{24}$'),
  department text NOT NULL REFERENCES department(code),
  person     text NOT NULL REFERENCES person(id),
  -- the signed artefact (compact JWS), and the key that signed it
  jws        text NOT NULL,
  keyid      text NOT NULL REFERENCES signing_key(keyid),
  -- the person who submitted it is never the person it authorises
  given_by   text NOT NULL REFERENCES person(id),
  given_at   timestamptz NOT NULL,
  exchange   uuid NOT NULL,
  CHECK (given_by <> person)
);
CREATE INDEX mandate_person ON mandate (person);

-- Revocations of mandates. Append-only.
CREATE TABLE mandate_revocation (
  mandate    text PRIMARY KEY REFERENCES mandate(id),
  revoked_by text NOT NULL REFERENCES person(id),
  revoked_at timestamptz NOT NULL,
  reason     text NOT NULL,
  exchange   uuid NOT NULL
);
