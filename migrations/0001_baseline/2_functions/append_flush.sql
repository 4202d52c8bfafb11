-- Appends one flush to the log: quotas, publish pointers, head, entries, tokens, in one transaction.
-- Lists are one text each, joined by line feeds (canonical JSON contains none), an empty line for NULL: much cheaper than arrays.
-- Leaves and hashes are stored as they are given, after their number and lengths were compared. Tokens of all entries are one
-- array; a line of "subjects" says which of them belong to an entry.
-- Every flush takes its locks in the same order: quotas, pointers, head.
-- Returns the new count of each quota, one per line: agreement, day, calls.
-- SQLSTATE on conflict: DT001 the head, DT003 a quota, DT004 a publish pointer.
-- The hub compares this body with the one in the database and reports a difference.
CREATE FUNCTION append_flush(
  old_size bigint, old_root bytea, old_epoch bigint,
  new_root bytea, new_frontier bytea, new_mac bytea, new_epoch bigint,
  leaves bytea, leaf_ends text, hashes bytea,
  ids text, ats text, consumers text, providers text, datasets text, decisions text, codes text, keyids text, nonces text,
  subjects text, persons bytea[], quotas text, pointers text
)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  nl CONSTANT text := E'\n';
  lines text[];
  ends int[];
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
          FROM (SELECT string_to_array(line, E'\t') AS f FROM unnest(lines) AS line) AS wanted
         WHERE f[3]::bigint <= f[4]::bigint
         ORDER BY 1, 2
        ON CONFLICT (agreement, day) DO UPDATE SET calls = q.calls + EXCLUDED.calls, ceiling = EXCLUDED.ceiling
         WHERE q.calls + EXCLUDED.calls <= EXCLUDED.ceiling
      RETURNING q.agreement, q.day, q.calls
    )
    SELECT count(*), string_agg(agreement || E'\t' || day || E'\t' || calls, nl) INTO done, taken FROM took;
    IF done <> cardinality(lines) THEN RAISE EXCEPTION USING ERRCODE = 'DT003', MESSAGE = 'lost a quota'; END IF;
  END IF;

  -- dataset, from (may be empty), to; at most one a dataset
  IF pointers <> '' THEN
    lines := string_to_array(pointers, nl);
    PERFORM 1 FROM dataset WHERE id IN (SELECT split_part(line, E'\t', 1) FROM unnest(lines) AS line)
      ORDER BY id FOR NO KEY UPDATE;
    UPDATE dataset AS d SET current_batch = f[3]::uuid
      FROM (SELECT string_to_array(line, E'\t') AS f FROM unnest(lines) AS line) AS wanted
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

  -- where each leaf ends among them all: a byte at least, and nothing over
  ends := string_to_array(leaf_ends, nl)::int[];
  IF cardinality(ends) <> cardinality(string_to_array(ids, nl)) OR ends[cardinality(ends)] <> length(leaves)
     OR length(hashes) <> 32 * cardinality(ends)
     OR EXISTS (SELECT FROM generate_series(1, cardinality(ends)) AS nth WHERE ends[nth] <= coalesce(ends[nth - 1], 0)) THEN
    RAISE EXCEPTION 'leaves, hashes and ids of a flush do not fit each other';
  END IF;
  INSERT INTO audit_entry (idx, at, id, consumer, provider, dataset, decision, code, keyid, nonce, leaf, hash)
    SELECT old_size + n - 1, e.at, e.id, e.consumer, e.provider, e.dataset, e.decision, e.code, e.keyid, e.nonce,
           substr(leaves, coalesce(ends[n - 1], 0) + 1, ends[n] - coalesce(ends[n - 1], 0)), substr(hashes, 32 * n::int - 31, 32)
      FROM unnest(
        string_to_array(ids, nl)::uuid[], string_to_array(ats, nl)::timestamptz[],
        string_to_array(consumers, nl, ''), string_to_array(providers, nl, ''), string_to_array(datasets, nl, ''),
        string_to_array(decisions, nl), string_to_array(codes, nl, ''),
        string_to_array(keyids, nl, ''), string_to_array(nonces, nl, '')
      ) WITH ORDINALITY AS e(id, at, consumer, provider, dataset, decision, code, keyid, nonce, n);

  -- place in this flush, salt, the first and the last of its tokens among them all; nothing over
  IF coalesce(cardinality(persons), 0) <> coalesce(nullif(split_part(subjects, E'\t', -1), ''), '0')::int THEN
    RAISE EXCEPTION 'tokens and entries of a flush do not fit each other';
  END IF;
  IF subjects <> '' THEN
    INSERT INTO audit_subject (idx, salt, tokens)
      SELECT old_size + f[1]::bigint, decode(f[2], 'hex'), persons[f[3]::int : f[4]::int]
        FROM (SELECT string_to_array(line, E'\t') AS f FROM unnest(string_to_array(subjects, nl)) AS line) AS split;
  END IF;
  RETURN taken;
END $$;
