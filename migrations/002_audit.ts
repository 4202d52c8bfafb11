/**
 * The audit log. `audit_head` is the one row that says how long the log is and what its tree's root is; `audit_entry` holds the leaves
 * verbatim with the columns that searches need; `audit_subject` holds the subjects' tokens apart, so that they can be deleted.
 * Everything enters through `append_flush`: one call = one flush = one transaction. docs/audit.md tells the whole.
 */
import type { Knex } from 'knex';

/** 2^20 entries a partition, so that bounds fall on tiles. */
const tables = `
CREATE TABLE audit_head (
  id          smallint PRIMARY KEY CHECK (id = 1),
  size        bigint NOT NULL,
  root        bytea NOT NULL,
  -- roots of the complete subtrees, the largest first, 32 bytes each
  frontier    bytea NOT NULL,
  -- by a key that is not in the database; empty only while there is no entry
  mac         bytea NOT NULL,
  -- grows with every act that changes who may do what
  state_epoch bigint NOT NULL
) WITH (fillfactor = 20);
INSERT INTO audit_head VALUES (1, 0, sha256(''), '', '', 1);

CREATE TABLE audit_entry (
  idx      bigint PRIMARY KEY,
  at       timestamptz NOT NULL,
  id       uuid NOT NULL,
  consumer text,
  provider text,
  dataset  text,
  decision text NOT NULL,
  code     text,
  keyid    text,
  nonce    text,
  -- canonical JSON, the very bytes that were hashed
  leaf     bytea NOT NULL,
  -- SHA-256(0x00 ‖ leaf): a leaf that no longer has it was altered
  hash     bytea NOT NULL
) PARTITION BY RANGE (idx);
CREATE INDEX audit_entry_id ON audit_entry (id);
CREATE INDEX audit_entry_consumer ON audit_entry (consumer, at);
CREATE INDEX audit_entry_provider ON audit_entry (provider, at);
CREATE INDEX audit_entry_denied ON audit_entry (consumer, at) WHERE decision = 'deny';
CREATE INDEX audit_entry_at ON audit_entry USING brin (at);

CREATE TABLE audit_subject (
  idx    bigint NOT NULL,
  -- opens the leaf's commitment
  salt   bytea NOT NULL,
  tokens bytea[] NOT NULL
);
CREATE INDEX audit_subject_tokens ON audit_subject USING gin (tokens);
CREATE INDEX audit_subject_idx ON audit_subject USING brin (idx);

-- derived: 256 hashes of subtrees of 256^level leaves each, full tiles only (C2SP tlog-tiles)
CREATE TABLE audit_tile (
  level  smallint NOT NULL,
  n      bigint NOT NULL,
  hashes bytea NOT NULL CHECK (length(hashes) = 8192),
  PRIMARY KEY (level, n)
);

-- checkpoints that were signed, kept for the history of packs; as signed, so that no row here ever gets a signature
CREATE TABLE audit_checkpoint (
  size bigint PRIMARY KEY,
  note text NOT NULL,
  at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE agreement_quota (
  agreement text NOT NULL,
  day       date NOT NULL,
  calls     bigint NOT NULL,
  ceiling   bigint NOT NULL,
  PRIMARY KEY (agreement, day)
) WITH (fillfactor = 50);
`;

const partitions = `
-- attached rather than created in place: CREATE … PARTITION OF would stop the appends
CREATE FUNCTION create_audit_partition(n bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  name text := 'audit_entry_' || n;
BEGIN
  IF to_regclass(name) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE %I (LIKE audit_entry INCLUDING ALL)', name);
  EXECUTE format('ALTER TABLE audit_entry ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
                 name, n * 1048576, (n + 1) * 1048576);
  -- row triggers come with the parent, this one does not
  EXECUTE format('CREATE TRIGGER audit_entry_is_not_emptied BEFORE TRUNCATE ON %I
                  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()', name);
END $$;
SELECT create_audit_partition(0);
`;

/** Until 112, which lets go what a destruction lists. */
const refuseAuditChangeBody = `
BEGIN
  RAISE EXCEPTION 'entries of the audit log are never changed or removed';
END `;

const guard = `
-- a guard against mistakes, not against an administrator: what defeats those are copies outside
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$${refuseAuditChangeBody}$$;
CREATE TRIGGER audit_entry_is_append_only BEFORE UPDATE OR DELETE ON audit_entry
  FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_entry_is_not_emptied BEFORE TRUNCATE ON audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
`;

/**
 * Lists arrive as one text each, joined by line feeds (canonical JSON holds none), an empty line for NULL: far cheaper than arrays.
 * SQLSTATE of what was lost: DT001 the head, DT003 a quota, DT004 a publish pointer. Quotas, then pointers, then the head: every
 * flush takes its locks in that order. Returns what each quota has lost by now, one a line: agreement, day, calls.
 */
export const appendFlushBody = `
DECLARE
  nl CONSTANT text := E'\\n';
  lines text[];
  done bigint;
  taken text;
BEGIN
  PERFORM 1 FROM audit_head WHERE id = 1 AND size = old_size AND root = old_root AND state_epoch = old_epoch;
  IF NOT FOUND THEN RAISE EXCEPTION USING ERRCODE = 'DT001', MESSAGE = 'lost the head'; END IF;

  -- agreement, day, calls, ceiling
  IF quotas <> '' THEN
    lines := string_to_array(quotas, nl);
    WITH took AS (
      INSERT INTO agreement_quota AS q (agreement, day, calls, ceiling)
        SELECT f[1], f[2]::date, f[3]::bigint, f[4]::bigint
          FROM (SELECT string_to_array(line, E'\\t') AS f FROM unnest(lines) AS line) AS wanted
         WHERE f[3]::bigint <= f[4]::bigint
         ORDER BY 1, 2
        ON CONFLICT (agreement, day) DO UPDATE SET calls = q.calls + EXCLUDED.calls, ceiling = EXCLUDED.ceiling
         WHERE q.calls + EXCLUDED.calls <= EXCLUDED.ceiling
      RETURNING q.agreement, q.day, q.calls
    )
    SELECT count(*), string_agg(agreement || E'\\t' || day || E'\\t' || calls, nl) INTO done, taken FROM took;
    IF done <> cardinality(lines) THEN RAISE EXCEPTION USING ERRCODE = 'DT003', MESSAGE = 'lost a quota'; END IF;
  END IF;

  -- dataset, from (may be empty), to; at most one a dataset
  IF pointers <> '' THEN
    lines := string_to_array(pointers, nl);
    PERFORM 1 FROM dataset WHERE id IN (SELECT split_part(line, E'\\t', 1) FROM unnest(lines) AS line)
      ORDER BY id FOR NO KEY UPDATE;
    UPDATE dataset AS d SET current_batch = f[3]::uuid
      FROM (SELECT string_to_array(line, E'\\t') AS f FROM unnest(lines) AS line) AS wanted
     WHERE d.id = f[1] AND d.current_batch IS NOT DISTINCT FROM nullif(f[2], '')::uuid;
    GET DIAGNOSTICS done = ROW_COUNT;
    IF done <> cardinality(lines) THEN RAISE EXCEPTION USING ERRCODE = 'DT004', MESSAGE = 'lost a pointer'; END IF;
  END IF;

  -- the swap: from here on nobody else appends. Before the entries, so that two flushes never wait for each other crosswise.
  UPDATE audit_head
     SET size = old_size + cardinality(string_to_array(ids, nl)), root = new_root, frontier = new_frontier, mac = new_mac,
         state_epoch = new_epoch
   WHERE id = 1 AND size = old_size AND root = old_root AND state_epoch = old_epoch;
  IF NOT FOUND THEN RAISE EXCEPTION USING ERRCODE = 'DT001', MESSAGE = 'lost the head'; END IF;

  INSERT INTO audit_entry (idx, at, id, consumer, provider, dataset, decision, code, keyid, nonce, leaf, hash)
    SELECT old_size + n - 1, e.at, e.id, e.consumer, e.provider, e.dataset, e.decision, e.code, e.keyid, e.nonce,
           convert_to(e.leaf, 'UTF8'), sha256('\\x00'::bytea || convert_to(e.leaf, 'UTF8'))
      FROM unnest(
        string_to_array(leaves, nl), string_to_array(ids, nl)::uuid[], string_to_array(ats, nl)::timestamptz[],
        string_to_array(consumers, nl, ''), string_to_array(providers, nl, ''), string_to_array(datasets, nl, ''),
        string_to_array(decisions, nl), string_to_array(codes, nl, ''),
        string_to_array(keyids, nl, ''), string_to_array(nonces, nl, '')
      ) WITH ORDINALITY AS e(leaf, id, at, consumer, provider, dataset, decision, code, keyid, nonce, n);

  -- place in this flush, salt, tokens as array literal
  IF subjects <> '' THEN
    INSERT INTO audit_subject (idx, salt, tokens)
      SELECT old_size + f[1]::bigint, decode(f[2], 'hex'), f[3]::bytea[]
        FROM (SELECT string_to_array(line, E'\\t') AS f FROM unnest(string_to_array(subjects, nl)) AS line) AS split;
  END IF;
  RETURN taken;
END `;

const appendFlush = `
CREATE FUNCTION append_flush(
  old_size bigint, old_root bytea, old_epoch bigint,
  new_root bytea, new_frontier bytea, new_mac bytea, new_epoch bigint,
  leaves text, ids text, ats text, consumers text, providers text, datasets text, decisions text, codes text, keyids text, nonces text,
  subjects text, quotas text, pointers text
) RETURNS text LANGUAGE plpgsql AS $$${appendFlushBody}$$;
`;

const grants = `
GRANT SELECT, UPDATE ON audit_head TO datong_app;
GRANT SELECT, INSERT ON audit_entry, audit_subject, audit_tile, audit_checkpoint TO datong_app;
GRANT SELECT, INSERT, UPDATE ON agreement_quota TO datong_app;
GRANT EXECUTE ON FUNCTION append_flush TO datong_app;
`;

export async function up(knex: Knex): Promise<void> {
  // guard first: partitions take the parent's triggers when they are attached
  for (const statements of [tables, guard, partitions, appendFlush, grants]) {
    await knex.raw(statements);
  }
}
