-- The schema that all migrations together make, so that a review shows what a migration changes.
-- Written by npm run generate and compared by tests/migrations.test.ts. Do not edit; nothing runs this file.

CREATE SCHEMA rows;

CREATE OR REPLACE FUNCTION public.append_flush(old_size bigint, old_root bytea, old_epoch bigint, new_root bytea, new_frontier bytea, new_mac bytea, new_epoch bigint, leaves bytea, leaf_ends text, hashes bytea, ids text, ats text, consumers text, providers text, datasets text, decisions text, codes text, keyids text, nonces text, subjects text, persons bytea[], quotas text, pointers text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.append_with_consents(old_size bigint, old_root bytea, old_epoch bigint, new_root bytea, new_frontier bytea, new_mac bytea, new_epoch bigint, leaves bytea, leaf_ends text, hashes bytea, ids text, ats text, consumers text, providers text, datasets text, decisions text, codes text, keyids text, nonces text, subjects text, persons bytea[], quotas text, pointers text, of_recipient text, of_dataset text, of_purpose text, as_of bigint, private_of uuid, private_salt bytea, private_value jsonb)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
DECLARE
  taken text;
  newest bigint;
BEGIN
  taken := append_flush(old_size, old_root, old_epoch, new_root, new_frontier, new_mac, new_epoch, leaves, leaf_ends, hashes, ids, ats, consumers, providers,
                        datasets, decisions, codes, keyids, nonces, subjects, persons, quotas, pointers);
  -- from the end of its index, however many there are
  SELECT version INTO newest FROM consent_standing
   WHERE recipient = of_recipient AND dataset = of_dataset AND purpose = of_purpose ORDER BY version DESC LIMIT 1;
  IF newest > as_of THEN RAISE EXCEPTION USING ERRCODE = 'DT005', MESSAGE = 'consents are newer'; END IF;
  INSERT INTO audit_private (exchange, salt, value) VALUES (private_of, private_salt, private_value);
  RETURN taken;
END $function$;

CREATE OR REPLACE FUNCTION public.create_audit_partition(n bigint)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.destroy_entries(wanted uuid, terms bigint[])
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    DECLARE
      unit entry_destruction;
      done bigint;
    BEGIN
      SELECT * INTO STRICT unit FROM entry_destruction WHERE id = wanted;
      IF EXISTS (SELECT 1 FROM audit_entry WHERE idx >= unit.first AND idx < unit.first + 1024
                    AND idx <> ALL (unit.stays) AND at > now() - interval '3 years') THEN
        RAISE EXCEPTION 'entries younger than 3 years are not destroyed';
      END IF;
      DELETE FROM audit_private AS p USING audit_entry AS e
       WHERE e.idx >= unit.first AND e.idx < unit.first + 1024 AND e.idx <> ALL (unit.stays) AND p.exchange = e.id;
      DELETE FROM audit_subject WHERE idx >= unit.first AND idx < unit.first + 1024 AND idx <> ALL (unit.stays);
      DELETE FROM audit_posting WHERE chunk = unit.first / 1024 AND term = ANY (terms);
      DELETE FROM audit_entry WHERE idx >= unit.first AND idx < unit.first + 1024 AND idx <> ALL (unit.stays);
      GET DIAGNOSTICS done = ROW_COUNT;
      RETURN done;
    END $function$;

CREATE OR REPLACE FUNCTION public.erase_subject_rows(wanted uuid)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    DECLARE
      done bigint;
    BEGIN
      DELETE FROM audit_private AS p USING erased_subject AS s, audit_entry AS e
       WHERE s.erasure = wanted AND s.count = 0 AND e.idx = s.idx AND p.exchange = e.id;
      DELETE FROM audit_subject AS a USING erased_subject AS s WHERE s.erasure = wanted AND a.idx = s.idx;
      GET DIAGNOSTICS done = ROW_COUNT;
      RETURN done;
    END $function$;

CREATE OR REPLACE FUNCTION public.keep_schema_version()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF OLD.state NOT IN ('draft', 'published') THEN
    RAISE EXCEPTION 'a schema version that is in review, deprecated or retired is never removed';
  END IF;
  IF OLD.state = 'published' AND (
    EXISTS (SELECT 1 FROM batch WHERE schema_urn = OLD.urn)
    OR EXISTS (SELECT 1 FROM schema_version AS later
                WHERE later.name = OLD.name AND later.major = OLD.major AND later.minor > OLD.minor))
  THEN
    RAISE EXCEPTION 'a schema version that was used is never removed';
  END IF;
  RETURN OLD;
END $function$;

CREATE OR REPLACE FUNCTION public.note_row()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
  new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
  old_key text;
  new_key text;
  old_content json;
BEGIN
  SELECT string_agg(coalesce(old_row ->> c, ''), E'\x1f' ORDER BY n), string_agg(coalesce(new_row ->> c, ''), E'\x1f' ORDER BY n)
    INTO old_key, new_key FROM unnest(string_to_array(TG_ARGV[0], ',')) WITH ORDINALITY AS part (c, n);
  IF old_row IS NOT NULL THEN
    SELECT json_agg(old_row ->> c ORDER BY n) INTO old_content
      FROM unnest(string_to_array(TG_ARGV[1], ',')) WITH ORDINALITY AS part (c, n);
    RAISE INFO USING ERRCODE = 'DT100', MESSAGE = json_build_array(TG_TABLE_NAME, old_key, old_content);
  END IF;
  IF new_row IS NOT NULL AND (old_row IS NULL OR new_key <> old_key) THEN
    RAISE INFO USING ERRCODE = 'DT100', MESSAGE = json_build_array(TG_TABLE_NAME, new_key, NULL);
  END IF;
  RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.order_standing()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    BEGIN
      UPDATE consent_standing SET version = nextval('consent_version')
       WHERE subject = NEW.subject AND recipient = NEW.recipient AND dataset = NEW.dataset AND purpose = NEW.purpose;
      RETURN NULL;
    END $function$;

CREATE OR REPLACE FUNCTION public.refuse_audit_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF EXISTS (SELECT 1 FROM public.entry_destruction AS d
                WHERE d.first = OLD.idx - OLD.idx % 1024 AND OLD.idx <> ALL (d.stays)) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'entries of the audit log are never changed or removed before their time is over';
END $function$;

CREATE OR REPLACE FUNCTION public.refuse_role_loss()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'a role that was confirmed is not taken out' USING ERRCODE = '23514';
END $function$;

CREATE OR REPLACE FUNCTION public.remove_found_digest(wanted text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
BEGIN
  IF to_regclass(wanted) IS NOT NULL OR wanted !~ '^rows[.][bu]_[0-9a-f]+$'
     OR NOT EXISTS (SELECT FROM log_finding WHERE code = 'dataset_rows_gone' AND about = wanted) THEN
    RAISE EXCEPTION '% is not gone', wanted;
  END IF;
  DELETE FROM row_sum WHERE table_name = wanted;
END $function$;

CREATE OR REPLACE FUNCTION public.remove_found_row(wanted text, columns text[], row_key text)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
DECLARE
  done bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_trigger
                  WHERE tgname = 'row_is_noted' AND tgrelid = to_regclass(format('public.%I', wanted)))
     OR NOT EXISTS (SELECT FROM log_finding WHERE code IN ('row_altered', 'row_unsealed') AND split_part(about, ' ', 1) = wanted) THEN
    RAISE EXCEPTION 'no row of % was found', wanted;
  END IF;
  EXECUTE format('DELETE FROM public.%I WHERE concat_ws(E''\x1f'', %s) = $1', wanted,
    (SELECT string_agg(format('coalesce(%I::text, '''')', c), ', ' ORDER BY n) FROM unnest(columns) WITH ORDINALITY AS part (c, n)))
    USING row_key;
  GET DIAGNOSTICS done = ROW_COUNT;
  RETURN done;
END $function$;

CREATE OR REPLACE FUNCTION public.standing_terms(state text, collected_by text, fields text[], max_uses integer, guardian bytea, retention text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
    BEGIN
      RETURN concat_ws(E'\t', state, collected_by, array_to_string(fields, ','),
                       'u' || max_uses, 'g' || encode(guardian, 'hex'), 'r' || retention);
    END $function$;

CREATE SEQUENCE consent_version;

CREATE SEQUENCE demand_number;

CREATE SEQUENCE dispute_number;

CREATE SEQUENCE request_number;

CREATE SEQUENCE ticket_number;

CREATE TABLE agreement_quota (
  agreement text NOT NULL,
  day date NOT NULL,
  calls bigint NOT NULL,
  ceiling bigint NOT NULL,
  CONSTRAINT agreement_quota_pkey PRIMARY KEY (agreement, day)
) WITH (fillfactor=50);

CREATE INDEX agreement_quota_day ON public.agreement_quota USING btree (day);

CREATE TABLE agreement_warning (
  agreement text NOT NULL,
  version integer NOT NULL,
  days integer NOT NULL,
  exchange uuid NOT NULL,
  CONSTRAINT agreement_warning_agreement_version_fkey FOREIGN KEY (agreement, version) REFERENCES policy_document(id, version),
  CONSTRAINT agreement_warning_pkey PRIMARY KEY (agreement, version, days)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF agreement, version, days, exchange ON public.agreement_warning FOR EACH ROW EXECUTE FUNCTION note_row('agreement,version,days', 'agreement,version,days,exchange');

CREATE TABLE attachment (
  id uuid NOT NULL,
  dataset text NOT NULL,
  department text NOT NULL,
  field text NOT NULL,
  name text NOT NULL,
  media_type text NOT NULL,
  bytes bigint NOT NULL,
  sha256 bytea NOT NULL,
  received bigint NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'receiving'::text,
  storage text NOT NULL,
  upload text NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  used_at timestamp with time zone NOT NULL,
  unnamed_since timestamp with time zone,
  was_named boolean NOT NULL DEFAULT false,
  mac bytea,
  CONSTRAINT attachment_bytes_check CHECK ((bytes > 0)),
  CONSTRAINT attachment_dataset_fkey FOREIGN KEY (dataset) REFERENCES dataset(id),
  CONSTRAINT attachment_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT attachment_mac_check CHECK ((octet_length(mac) = 32)),
  CONSTRAINT attachment_pkey PRIMARY KEY (id),
  CONSTRAINT attachment_sha256_check CHECK ((length(sha256) = 32)),
  CONSTRAINT attachment_state_check CHECK ((state = ANY (ARRAY['receiving'::text, 'ready'::text, 'removed'::text]))),
  CONSTRAINT attachment_storage_check CHECK ((storage = ANY (ARRAY['database'::text, 's3'::text])))
);

CREATE INDEX attachment_in_s3 ON public.attachment USING btree (id) WHERE (storage = 's3'::text);

CREATE INDEX attachment_of_field ON public.attachment USING btree (dataset, field, used_at);

CREATE INDEX attachment_overdue ON public.attachment USING btree (opened_at) WHERE (state = 'receiving'::text);

CREATE INDEX attachment_removed ON public.attachment USING btree (id) WHERE (state = 'removed'::text);

CREATE INDEX attachment_waiting ON public.attachment USING btree (department) INCLUDE (bytes) WHERE ((state = 'receiving'::text) OR ((state = 'ready'::text) AND (NOT was_named)));

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, dataset, department, field, name, media_type, bytes, sha256, state, storage, upload, opened_at, mac ON public.attachment FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,dataset,department,field,name,media_type,bytes,sha256,state,storage,upload,opened_at,mac');

CREATE TABLE attachment_part (
  attachment uuid NOT NULL,
  at bigint NOT NULL,
  sha256 bytea NOT NULL,
  tag text NOT NULL,
  CONSTRAINT attachment_part_attachment_fkey FOREIGN KEY (attachment) REFERENCES attachment(id) ON DELETE CASCADE,
  CONSTRAINT attachment_part_pkey PRIMARY KEY (attachment, at)
);

CREATE TABLE attachment_piece (
  attachment uuid NOT NULL,
  piece integer NOT NULL,
  sealed bytea NOT NULL STORAGE EXTERNAL,
  CONSTRAINT attachment_piece_attachment_fkey FOREIGN KEY (attachment) REFERENCES attachment(id) ON DELETE CASCADE,
  CONSTRAINT attachment_piece_pkey PRIMARY KEY (attachment, piece)
);

CREATE TABLE attachment_place (
  storage text NOT NULL,
  endpoint text NOT NULL,
  bucket text NOT NULL,
  prefix text NOT NULL,
  hub uuid NOT NULL,
  CONSTRAINT attachment_place_pkey PRIMARY KEY (storage),
  CONSTRAINT attachment_place_storage_check CHECK ((storage = 's3'::text))
);

CREATE TABLE audit_checkpoint (
  size bigint NOT NULL,
  note text NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT audit_checkpoint_pkey PRIMARY KEY (size)
);

CREATE TABLE audit_cosignature (
  size bigint NOT NULL,
  witness text NOT NULL,
  line text NOT NULL,
  note text NOT NULL,
  at timestamp with time zone NOT NULL,
  CONSTRAINT audit_cosignature_pkey PRIMARY KEY (size, witness)
);

CREATE TABLE audit_entry (
  idx bigint NOT NULL,
  at timestamp with time zone NOT NULL,
  id uuid NOT NULL,
  consumer text,
  provider text,
  dataset text,
  decision text NOT NULL,
  code text,
  keyid text,
  nonce text,
  leaf bytea NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_entry_pkey PRIMARY KEY (idx)
) PARTITION BY RANGE (idx);

CREATE INDEX audit_entry_at ON ONLY public.audit_entry USING brin (at);

CREATE INDEX audit_entry_id ON ONLY public.audit_entry USING btree (id);

CREATE INDEX audit_entry_unsigned ON ONLY public.audit_entry USING btree (idx) WHERE (nonce IS NULL);

CREATE TRIGGER audit_entry_is_append_only BEFORE DELETE OR UPDATE ON public.audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();

CREATE TRIGGER audit_entry_is_not_emptied BEFORE TRUNCATE ON public.audit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

CREATE TABLE audit_head (
  id smallint NOT NULL,
  size bigint NOT NULL,
  root bytea NOT NULL,
  frontier bytea NOT NULL,
  mac bytea NOT NULL,
  state_epoch bigint NOT NULL,
  CONSTRAINT audit_head_id_check CHECK ((id = 1)),
  CONSTRAINT audit_head_pkey PRIMARY KEY (id)
) WITH (fillfactor=20);

CREATE TABLE audit_posted (
  chunk integer NOT NULL,
  first_at timestamp with time zone NOT NULL,
  last_at timestamp with time zone NOT NULL,
  CONSTRAINT audit_posted_pkey PRIMARY KEY (chunk)
);

CREATE TABLE audit_posting (
  term bigint NOT NULL,
  chunk integer NOT NULL,
  places bytea NOT NULL,
  CONSTRAINT audit_posting_pkey PRIMARY KEY (term, chunk)
);

CREATE TABLE audit_private (
  exchange uuid NOT NULL,
  salt bytea NOT NULL,
  value jsonb NOT NULL,
  CONSTRAINT audit_private_pkey PRIMARY KEY (exchange)
);

CREATE TABLE audit_subject (
  idx bigint NOT NULL,
  salt bytea NOT NULL,
  tokens bytea[] NOT NULL STORAGE EXTERNAL
);

CREATE INDEX audit_subject_idx ON public.audit_subject USING brin (idx);

CREATE INDEX audit_subject_tokens ON public.audit_subject USING gin (tokens) WITH (gin_pending_list_limit='32768');

CREATE TABLE audit_tile (
  level smallint NOT NULL,
  n bigint NOT NULL,
  hashes bytea NOT NULL,
  CONSTRAINT audit_tile_hashes_check CHECK ((length(hashes) = 8192)),
  CONSTRAINT audit_tile_pkey PRIMARY KEY (level, n)
);

CREATE TABLE audit_witness (
  name text NOT NULL,
  size bigint NOT NULL,
  cosigned_at timestamp with time zone,
  trouble text,
  trouble_since timestamp with time zone,
  CONSTRAINT audit_witness_pkey PRIMARY KEY (name)
);

CREATE TABLE audit_word (
  dimension text NOT NULL,
  value text NOT NULL,
  CONSTRAINT audit_word_pkey PRIMARY KEY (dimension, value)
);

CREATE TABLE authenticator (
  person text NOT NULL,
  secret bytea NOT NULL,
  confirmed_at timestamp with time zone,
  last_step bigint NOT NULL DEFAULT 0,
  failures integer NOT NULL DEFAULT 0,
  failed_at timestamp with time zone,
  made_by uuid NOT NULL,
  CONSTRAINT authenticator_person_fkey FOREIGN KEY (person) REFERENCES person(id),
  CONSTRAINT authenticator_pkey PRIMARY KEY (person)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF person, secret, confirmed_at, made_by ON public.authenticator FOR EACH ROW EXECUTE FUNCTION note_row('person', 'person,secret,confirmed_at,made_by');

CREATE TABLE authority_intermediate (
  serial text NOT NULL,
  certificate text NOT NULL,
  exchange uuid,
  root bigint NOT NULL DEFAULT 0,
  digest bytea NOT NULL GENERATED ALWAYS AS (sha256((replace(certificate, '\'::text, '\\'::text))::bytea)) STORED,
  CONSTRAINT authority_intermediate_pkey PRIMARY KEY (root, digest)
);

CREATE TABLE authority_root (
  nth bigint NOT NULL,
  pin text NOT NULL,
  exchange uuid NOT NULL,
  CONSTRAINT authority_root_nth_check CHECK ((nth > 0)),
  CONSTRAINT authority_root_pkey PRIMARY KEY (nth)
);

CREATE TABLE authority_root_accepted (
  after bigint NOT NULL,
  pin text NOT NULL,
  exchange uuid NOT NULL,
  CONSTRAINT authority_root_accepted_pkey PRIMARY KEY (after, pin, exchange)
);

CREATE TABLE authority_root_list (
  number bigint NOT NULL,
  list text NOT NULL,
  exchange uuid,
  root bigint NOT NULL DEFAULT 0,
  digest bytea NOT NULL GENERATED ALWAYS AS (sha256((replace(list, '\'::text, '\\'::text))::bytea)) STORED,
  CONSTRAINT authority_root_list_number_check CHECK ((number > 0)),
  CONSTRAINT authority_root_list_pkey PRIMARY KEY (root, digest)
);

CREATE TABLE batch (
  id uuid NOT NULL,
  dataset text NOT NULL,
  department text NOT NULL,
  state text NOT NULL,
  bytes bigint NOT NULL DEFAULT 0,
  sha256 text,
  mapping text,
  mapping_digest text,
  schema_urn text,
  records bigint,
  rows_ok bigint,
  rows_bad bigint,
  skipped bigint,
  problem text,
  same_as uuid,
  opened_at timestamp with time zone NOT NULL DEFAULT now(),
  finished_at timestamp with time zone,
  lease_owner uuid,
  lease_until timestamp with time zone,
  exchange uuid,
  receipt text,
  doubted bigint,
  superseded_at timestamp with time zone,
  raw_gone_at timestamp with time zone,
  warned bigint,
  findings jsonb,
  held_until timestamp with time zone,
  published_at timestamp with time zone,
  approved_by text,
  corrects uuid,
  file_name text,
  code_page text,
  control jsonb,
  file_columns text[],
  ranges jsonb,
  deletions bigint,
  profile jsonb,
  declared bigint,
  moved_at timestamp with time zone NOT NULL DEFAULT now(),
  progress jsonb,
  retranslates uuid,
  oldest_period text,
  calls bigint,
  CONSTRAINT batch_calls_check CHECK ((calls > 0)),
  CONSTRAINT batch_declared_check CHECK ((declared >= 0)),
  CONSTRAINT batch_pkey PRIMARY KEY (id),
  CONSTRAINT batch_retranslates_fkey FOREIGN KEY (retranslates) REFERENCES batch(id)
);

CREATE INDEX batch_bytes ON public.batch USING btree (sha256);

CREATE INDEX batch_held ON public.batch USING btree (held_until) WHERE (state = 'held'::text);

CREATE INDEX batch_in_state ON public.batch USING btree (state, id);

CREATE INDEX batch_newest_of_dataset ON public.batch USING btree (dataset, id);

CREATE INDEX batch_of_dataset ON public.batch USING btree (dataset, opened_at DESC);

CREATE INDEX batch_of_department ON public.batch USING btree (department, id);

CREATE INDEX batch_oldest_period ON public.batch USING btree (dataset, oldest_period) WHERE (oldest_period IS NOT NULL);

CREATE INDEX batch_open ON public.batch USING btree (department, opened_at) WHERE (state = 'receiving'::text);

CREATE INDEX batch_published ON public.batch USING btree (dataset, published_at DESC) WHERE (published_at IS NOT NULL);

CREATE INDEX batch_retranslates ON public.batch USING btree (retranslates) WHERE (retranslates IS NOT NULL);

CREATE INDEX batch_under_way ON public.batch USING btree (state) WHERE (state = ANY (ARRAY['receiving'::text, 'checking'::text]));

CREATE INDEX batch_unfinished ON public.batch USING btree (lease_until) WHERE (state = 'checking'::text);

CREATE INDEX batch_with_raw_bytes ON public.batch USING btree (finished_at) WHERE ((raw_gone_at IS NULL) AND (finished_at IS NOT NULL));

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, dataset, department, state, sha256, mapping, mapping_digest, schema_urn, same_as, opened_at, superseded_at, held_until, approved_by, corrects, file_name, code_page, control, findings, problem, retranslates ON public.batch FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,dataset,department,state,sha256,mapping,mapping_digest,schema_urn,same_as,opened_at,superseded_at,held_until,approved_by,corrects,file_name,code_page,control,findings,problem,retranslates');

CREATE TABLE batch_part (
  batch uuid NOT NULL,
  at bigint NOT NULL,
  bytes integer NOT NULL,
  sha256 bytea NOT NULL,
  sealed bytea NOT NULL STORAGE EXTERNAL,
  CONSTRAINT batch_part_batch_fkey FOREIGN KEY (batch) REFERENCES batch(id) ON DELETE CASCADE,
  CONSTRAINT batch_part_bytes_check CHECK ((bytes > 0)),
  CONSTRAINT batch_part_pkey PRIMARY KEY (batch, at)
);

CREATE TABLE batch_proposal (
  batch uuid NOT NULL,
  act text NOT NULL,
  proposed_by text NOT NULL,
  reason text NOT NULL,
  exchange uuid NOT NULL,
  proposed_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT batch_proposal_act_check CHECK ((act = ANY (ARRAY['release'::text, 'restore'::text]))),
  CONSTRAINT batch_proposal_batch_fkey FOREIGN KEY (batch) REFERENCES batch(id) ON DELETE CASCADE,
  CONSTRAINT batch_proposal_pkey PRIMARY KEY (batch, act)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF batch, act, proposed_by, reason, exchange, proposed_at ON public.batch_proposal FOR EACH ROW EXECUTE FUNCTION note_row('batch,act', 'batch,act,proposed_by,reason,exchange,proposed_at');

CREATE TABLE board_case (
  day date NOT NULL,
  consumer text NOT NULL,
  matter text NOT NULL,
  number bytea NOT NULL,
  fields text[] NOT NULL,
  CONSTRAINT board_case_pkey PRIMARY KEY (consumer, matter, number)
);

CREATE INDEX board_case_day ON public.board_case USING btree (day);

CREATE TABLE board_day (
  day date NOT NULL,
  consumer text NOT NULL,
  provider text NOT NULL,
  dataset text NOT NULL,
  answered bigint NOT NULL,
  refused bigint NOT NULL,
  CONSTRAINT board_day_pkey PRIMARY KEY (day, consumer, provider, dataset)
);

CREATE TABLE board_progress (
  id smallint NOT NULL,
  next bigint NOT NULL,
  CONSTRAINT board_progress_id_check CHECK ((id = 1)),
  CONSTRAINT board_progress_pkey PRIMARY KEY (id)
);

CREATE TABLE case_notice (
  dataset text NOT NULL,
  key_hash bytea NOT NULL,
  version integer NOT NULL,
  transition text NOT NULL,
  due_at timestamp with time zone NOT NULL,
  missed boolean NOT NULL,
  departments text[] NOT NULL,
  exchange uuid NOT NULL,
  CONSTRAINT case_notice_dataset_fkey FOREIGN KEY (dataset) REFERENCES dataset(id),
  CONSTRAINT case_notice_dataset_key_hash_version_fkey FOREIGN KEY (dataset, key_hash, version) REFERENCES row_version(dataset, key_hash, version) ON DELETE CASCADE,
  CONSTRAINT case_notice_pkey PRIMARY KEY (dataset, key_hash)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF dataset, key_hash, version, transition, due_at, missed, departments, exchange ON public.case_notice FOR EACH ROW EXECUTE FUNCTION note_row('dataset,key_hash', 'dataset,key_hash,version,transition,due_at,missed,departments,exchange');

CREATE TABLE catalogue_entry (
  id text NOT NULL,
  revision integer NOT NULL,
  department text NOT NULL,
  document jsonb NOT NULL,
  digest text NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  category text NOT NULL,
  sharing text NOT NULL,
  datasets text[] NOT NULL,
  words text NOT NULL,
  grams text[] NOT NULL,
  tags text[] NOT NULL,
  superseded boolean NOT NULL DEFAULT false,
  author text NOT NULL,
  approver text NOT NULL,
  registered_by uuid NOT NULL,
  registered_at timestamp with time zone NOT NULL DEFAULT now(),
  title_words text NOT NULL,
  title_grams text[] NOT NULL,
  update_frequency text GENERATED ALWAYS AS ((document ->> 'updateFrequency'::text)) STORED,
  data_class text GENERATED ALWAYS AS ((document ->> 'dataClass'::text)) STORED,
  CONSTRAINT catalogue_entry_approver_fkey FOREIGN KEY (approver) REFERENCES person(id),
  CONSTRAINT catalogue_entry_author_fkey FOREIGN KEY (author) REFERENCES person(id),
  CONSTRAINT catalogue_entry_check CHECK ((id ~~ (department || '.%'::text))),
  CONSTRAINT catalogue_entry_check1 CHECK ((author <> approver)),
  CONSTRAINT catalogue_entry_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT catalogue_entry_pkey PRIMARY KEY (id, revision),
  CONSTRAINT catalogue_entry_revision_check CHECK ((revision > 0)),
  CONSTRAINT catalogue_entry_sharing_check CHECK ((sharing = ANY (ARRAY['unconditional'::text, 'conditional'::text, 'none'::text])))
);

CREATE INDEX catalogue_entry_datasets ON public.catalogue_entry USING gin (datasets) WITH (fastupdate=off) WHERE (NOT superseded);

CREATE INDEX catalogue_entry_department ON public.catalogue_entry USING btree (department, id) WHERE (NOT superseded);

CREATE INDEX catalogue_entry_grams ON public.catalogue_entry USING gin (grams) WITH (fastupdate=off) WHERE (NOT superseded);

CREATE UNIQUE INDEX catalogue_entry_live ON public.catalogue_entry USING btree (id) WHERE (NOT superseded);

CREATE INDEX catalogue_entry_tags ON public.catalogue_entry USING gin (tags) WHERE (NOT superseded);

CREATE INDEX catalogue_entry_title_grams ON public.catalogue_entry USING gin (title_grams) WITH (fastupdate=off) WHERE (NOT superseded);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, revision, department, document, digest, title_zh, title_en, category, sharing, datasets, superseded, author, approver, registered_by, registered_at ON public.catalogue_entry FOR EACH ROW EXECUTE FUNCTION note_row('id,revision', 'id,revision,department,document,digest,title_zh,title_en,category,sharing,datasets,superseded,author,approver,registered_by,registered_at');

CREATE TABLE certificate (
  serial text NOT NULL,
  department text NOT NULL,
  public_key text NOT NULL,
  pem text NOT NULL,
  not_before timestamp with time zone NOT NULL,
  not_after timestamp with time zone NOT NULL,
  enrolment uuid NOT NULL,
  revoked_at timestamp with time zone,
  reason text,
  issued_by uuid NOT NULL,
  revoked_by uuid,
  issuer text,
  CONSTRAINT certificate_check CHECK (((revoked_at IS NULL) = (reason IS NULL))),
  CONSTRAINT certificate_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT certificate_pkey PRIMARY KEY (serial),
  CONSTRAINT certificate_reason_check CHECK ((reason = ANY (ARRAY['key-compromise'::text, 'superseded'::text, 'cessation'::text, 'privilege-withdrawn'::text, 'unspecified'::text])))
);

CREATE INDEX certificate_department ON public.certificate USING btree (department);

CREATE INDEX certificate_enrolment ON public.certificate USING btree (enrolment);

CREATE INDEX certificate_newest ON public.certificate USING btree (department, not_after DESC, serial) WHERE (revoked_at IS NULL);

CREATE INDEX certificate_public_key ON public.certificate USING btree (public_key);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF serial, department, public_key, pem, not_before, not_after, enrolment, revoked_at, reason, issued_by, revoked_by, issuer ON public.certificate FOR EACH ROW EXECUTE FUNCTION note_row('serial', 'serial,department,public_key,pem,not_before,not_after,enrolment,revoked_at,reason,issued_by,revoked_by,issuer');

CREATE TABLE challenge_answered (
  hash text NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT challenge_answered_pkey PRIMARY KEY (hash)
);

CREATE TABLE change_feed (
  counter text NOT NULL,
  id uuid NOT NULL,
  department text NOT NULL,
  dataset text NOT NULL,
  turn bigint NOT NULL,
  acknowledged uuid,
  place jsonb NOT NULL,
  told uuid NOT NULL,
  told_place jsonb NOT NULL,
  asked_at timestamp with time zone NOT NULL,
  asked jsonb,
  searched jsonb,
  noticed_turn bigint,
  search_at timestamp with time zone NOT NULL DEFAULT now(),
  failed_searches integer NOT NULL DEFAULT 0,
  CONSTRAINT change_feed_id_key UNIQUE (id),
  CONSTRAINT change_feed_pkey PRIMARY KEY (counter)
);

CREATE INDEX change_feed_asked ON public.change_feed USING btree (asked_at);

CREATE TABLE change_feed_left (
  feed uuid NOT NULL,
  CONSTRAINT change_feed_left_pkey PRIMARY KEY (feed)
);

CREATE TABLE change_held (
  feed uuid NOT NULL,
  "row" bytea NOT NULL,
  digest bytea NOT NULL,
  key bytea NOT NULL,
  subject bytea,
  part integer,
  CONSTRAINT change_held_pkey PRIMARY KEY (feed, "row")
);

CREATE TABLE change_told (
  feed uuid NOT NULL,
  "row" bytea NOT NULL,
  digest bytea,
  key bytea,
  subject bytea,
  CONSTRAINT change_told_check CHECK (((key IS NULL) = (digest IS NULL))),
  CONSTRAINT change_told_pkey PRIMARY KEY (feed, "row")
);

CREATE TABLE changeover (
  id uuid NOT NULL,
  dataset text NOT NULL,
  from_schema text NOT NULL,
  to_schema text NOT NULL,
  mappings jsonb NOT NULL,
  reason text NOT NULL,
  state text NOT NULL DEFAULT 'open'::text,
  batch uuid,
  over uuid,
  source uuid,
  lists text NOT NULL DEFAULT ''::text,
  trouble text,
  needs_officer boolean NOT NULL,
  author text NOT NULL,
  approver text,
  officer text,
  agreed text,
  ended_by uuid,
  rows_by text,
  sunset date,
  CONSTRAINT changeover_agreed CHECK (((state <> 'open'::text) OR ((approver IS NULL) AND (officer IS NULL)) OR (agreed IS NOT NULL))),
  CONSTRAINT changeover_approver_fkey FOREIGN KEY (approver) REFERENCES person(id),
  CONSTRAINT changeover_author_fkey FOREIGN KEY (author) REFERENCES person(id),
  CONSTRAINT changeover_batch_fkey FOREIGN KEY (batch) REFERENCES batch(id),
  CONSTRAINT changeover_check CHECK (((approver <> author) AND (officer <> author) AND (officer <> approver))),
  CONSTRAINT changeover_check1 CHECK (((state = 'open'::text) = (ended_by IS NULL))),
  CONSTRAINT changeover_check2 CHECK (((state <> 'switched'::text) OR ((approver IS NOT NULL) AND ((officer IS NOT NULL) OR (NOT needs_officer)) AND (batch IS NOT NULL)))),
  CONSTRAINT changeover_dataset_fkey FOREIGN KEY (dataset) REFERENCES dataset(id),
  CONSTRAINT changeover_from_schema_fkey FOREIGN KEY (from_schema) REFERENCES schema_version(urn),
  CONSTRAINT changeover_officer_fkey FOREIGN KEY (officer) REFERENCES person(id),
  CONSTRAINT changeover_pkey PRIMARY KEY (id),
  CONSTRAINT changeover_state_check CHECK ((state = ANY (ARRAY['open'::text, 'switched'::text, 'abandoned'::text]))),
  CONSTRAINT changeover_to_schema_fkey FOREIGN KEY (to_schema) REFERENCES schema_version(urn)
);

CREATE UNIQUE INDEX changeover_open ON public.changeover USING btree (dataset) WHERE (state = 'open'::text);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, dataset, from_schema, to_schema, mappings, reason, state, batch, over, source, lists, needs_officer, author, approver, officer, agreed, ended_by, rows_by, sunset ON public.changeover FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,dataset,from_schema,to_schema,mappings,reason,state,batch,over,source,lists,needs_officer,author,approver,officer,agreed,ended_by,rows_by,sunset');

CREATE TABLE code_list (
  id text NOT NULL,
  version text NOT NULL,
  document text NOT NULL,
  digest text NOT NULL,
  registered_by uuid NOT NULL,
  registered_at timestamp with time zone NOT NULL DEFAULT now(),
  owner text,
  valid_from date,
  author text,
  approver text,
  withdrawn_reason text,
  withdrawn_by uuid,
  CONSTRAINT code_list_approver_fkey FOREIGN KEY (approver) REFERENCES person(id),
  CONSTRAINT code_list_author_fkey FOREIGN KEY (author) REFERENCES person(id),
  CONSTRAINT code_list_four_eyes CHECK (((author IS NOT NULL) AND (approver IS NOT NULL) AND (author <> approver))),
  CONSTRAINT code_list_owner_fkey FOREIGN KEY (owner) REFERENCES department(code),
  CONSTRAINT code_list_pkey PRIMARY KEY (id, version),
  CONSTRAINT code_list_withdrawn CHECK (((withdrawn_by IS NULL) = (withdrawn_reason IS NULL)))
);

CREATE UNIQUE INDEX code_list_day ON public.code_list USING btree (id, valid_from) WHERE (withdrawn_by IS NULL);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, version, document, digest, registered_by, registered_at, owner, valid_from, author, approver, withdrawn_reason, withdrawn_by ON public.code_list FOR EACH ROW EXECUTE FUNCTION note_row('id,version', 'id,version,document,digest,registered_by,registered_at,owner,valid_from,author,approver,withdrawn_reason,withdrawn_by');

CREATE TABLE consent (
  id text NOT NULL,
  jws text NOT NULL,
  subject bytea NOT NULL,
  guardian bytea,
  recipient text NOT NULL,
  provider text NOT NULL,
  dataset text NOT NULL,
  collected_by text NOT NULL,
  notice text NOT NULL,
  exchange uuid NOT NULL,
  CONSTRAINT consent_pkey PRIMARY KEY (id)
);

CREATE INDEX consent_subject ON public.consent USING btree (subject);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, jws, subject, guardian, recipient, provider, dataset, collected_by, notice, exchange ON public.consent FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,jws,subject,guardian,recipient,provider,dataset,collected_by,notice,exchange');

CREATE TABLE consent_event (
  consent text NOT NULL,
  type text NOT NULL,
  at timestamp with time zone NOT NULL,
  exchange uuid NOT NULL,
  CONSTRAINT consent_event_consent_fkey FOREIGN KEY (consent) REFERENCES consent(id),
  CONSTRAINT consent_event_pkey PRIMARY KEY (consent, type),
  CONSTRAINT consent_event_type_check CHECK ((type = ANY (ARRAY['given'::text, 'withdrawn'::text])))
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF consent, type, at, exchange ON public.consent_event FOR EACH ROW EXECUTE FUNCTION note_row('consent,type', 'consent,type,at,exchange');

CREATE TABLE consent_notice (
  digest text NOT NULL,
  reference text NOT NULL,
  owner text NOT NULL,
  language text NOT NULL,
  text text NOT NULL,
  purposes text[] NOT NULL,
  registered_by uuid NOT NULL,
  registered_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT consent_notice_language_check CHECK ((language = ANY (ARRAY['zh'::text, 'en'::text]))),
  CONSTRAINT consent_notice_pkey PRIMARY KEY (digest, owner)
);

CREATE INDEX consent_notice_newest ON public.consent_notice USING btree (owner, language, registered_by);

CREATE UNIQUE INDEX consent_notice_reference ON public.consent_notice USING btree (owner, reference, language);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF digest, owner, reference, language, text, purposes, registered_by, registered_at ON public.consent_notice FOR EACH ROW EXECUTE FUNCTION note_row('digest,owner', 'digest,owner,reference,language,text,purposes,registered_by,registered_at');

CREATE TABLE consent_standing (
  subject bytea NOT NULL,
  recipient text NOT NULL,
  dataset text NOT NULL,
  purpose text NOT NULL,
  consent text NOT NULL,
  state text NOT NULL,
  fields text[] NOT NULL,
  not_before timestamp with time zone NOT NULL,
  until timestamp with time zone NOT NULL,
  max_uses integer,
  uses integer NOT NULL DEFAULT 0,
  guardian bytea,
  version bigint NOT NULL DEFAULT nextval('consent_version'::regclass),
  collected_by text NOT NULL,
  retention text,
  terms text NOT NULL GENERATED ALWAYS AS (standing_terms(state, collected_by, fields, max_uses, guardian, retention)) STORED,
  mac bytea,
  CONSTRAINT consent_standing_consent_fkey FOREIGN KEY (consent) REFERENCES consent(id),
  CONSTRAINT consent_standing_mac_check CHECK ((octet_length(mac) = 16)),
  CONSTRAINT consent_standing_pkey PRIMARY KEY (subject, recipient, dataset, purpose),
  CONSTRAINT consent_standing_retention CHECK ((retention ~ '^P[0-9YMWD]+$'::text)),
  CONSTRAINT consent_standing_state_check CHECK ((state = ANY (ARRAY['given'::text, 'withdrawn'::text])))
) WITH (fillfactor=80);

CREATE INDEX consent_standing_consent ON public.consent_standing USING btree (consent);

CREATE INDEX consent_standing_order ON public.consent_standing USING btree (recipient, dataset, purpose, version);

CREATE INDEX consent_standing_subject ON public.consent_standing USING hash (subject);

CREATE CONSTRAINT TRIGGER consent_standing_is_ordered AFTER UPDATE OF consent, state, fields, not_before, until, max_uses, guardian, collected_by ON public.consent_standing DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_standing();

CREATE CONSTRAINT TRIGGER consent_standing_used_up AFTER UPDATE OF uses ON public.consent_standing DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((new.uses > old.uses) AND (new.uses >= new.max_uses))) EXECUTE FUNCTION order_standing();

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF subject, recipient, dataset, purpose, consent, state, fields, not_before, until, max_uses, guardian, collected_by, retention ON public.consent_standing FOR EACH ROW EXECUTE FUNCTION note_row('subject,recipient,dataset,purpose', 'subject,recipient,dataset,purpose,consent,state,fields,not_before,until,max_uses,guardian,collected_by,retention');

CREATE TABLE credential (
  id text NOT NULL,
  hash text NOT NULL,
  roles text,
  expires_at timestamp with time zone NOT NULL,
  issued_by uuid NOT NULL,
  issued_at timestamp with time zone NOT NULL DEFAULT now(),
  revoked_at timestamp with time zone,
  revoked_by uuid,
  person text NOT NULL,
  kind text NOT NULL DEFAULT 'token'::text,
  public_key bytea,
  sign_count bigint,
  label text,
  CONSTRAINT credential_check CHECK (((kind = 'passkey'::text) = ((public_key IS NOT NULL) AND (sign_count IS NOT NULL)))),
  CONSTRAINT credential_kind_check CHECK ((kind = ANY (ARRAY['token'::text, 'passkey'::text, 'oidc'::text]))),
  CONSTRAINT credential_person_fkey FOREIGN KEY (person) REFERENCES person(id),
  CONSTRAINT staff_token_pkey PRIMARY KEY (id)
);

CREATE UNIQUE INDEX credential_outside ON public.credential USING btree (kind, hash) WHERE ((kind <> 'token'::text) AND (revoked_at IS NULL));

CREATE INDEX credential_person ON public.credential USING btree (person);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, hash, roles, expires_at, issued_by, issued_at, revoked_at, revoked_by, person, kind, public_key, label ON public.credential FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,hash,roles,expires_at,issued_by,issued_at,revoked_at,revoked_by,person,kind,public_key,label');

CREATE TABLE dataset (
  id text NOT NULL,
  department text NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  schema text NOT NULL,
  mode text NOT NULL,
  sharing text NOT NULL,
  conditions text NOT NULL DEFAULT ''::text,
  state text NOT NULL DEFAULT 'published'::text,
  current_batch uuid,
  digest text NOT NULL,
  registered_by uuid NOT NULL,
  registered_at timestamp with time zone NOT NULL DEFAULT now(),
  intake jsonb NOT NULL DEFAULT '{}'::jsonb,
  suspended_by_office boolean NOT NULL DEFAULT false,
  reason text,
  ending_by text,
  ended_by text,
  rows_gone_at timestamp with time zone,
  decided_by uuid,
  deletions bigint NOT NULL DEFAULT 0,
  ending_reason text,
  ending_shown text,
  ending_until date,
  ending_entry uuid,
  stopped_by uuid,
  raw_days integer,
  expects_from timestamp with time zone,
  periods_gone bigint NOT NULL DEFAULT 0,
  CONSTRAINT dataset_check CHECK ((id ~~ (department || '.%'::text))),
  CONSTRAINT dataset_ended CHECK (((state <> 'retired'::text) OR ((ending_by IS NOT NULL) AND (ended_by IS NOT NULL)))),
  CONSTRAINT dataset_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES person(id),
  CONSTRAINT dataset_ending CHECK (((state = 'retired'::text) OR (ending_by IS NULL) OR ((ending_reason IS NOT NULL) AND (ending_shown IS NOT NULL) AND (ending_until IS NOT NULL) AND (ending_entry IS NOT NULL)))),
  CONSTRAINT dataset_ending_by_fkey FOREIGN KEY (ending_by) REFERENCES person(id),
  CONSTRAINT dataset_four_eyes CHECK ((ended_by <> ending_by)),
  CONSTRAINT dataset_mode_check CHECK ((mode = ANY (ARRAY['snapshot'::text, 'upsert'::text, 'live'::text, 'events'::text]))),
  CONSTRAINT dataset_pkey PRIMARY KEY (id),
  CONSTRAINT dataset_raw_days_check CHECK (((raw_days >= 1) AND (raw_days <= 3650))),
  CONSTRAINT dataset_schema_fkey FOREIGN KEY (schema) REFERENCES schema_version(urn),
  CONSTRAINT dataset_sharing_check CHECK ((sharing = ANY (ARRAY['unconditional'::text, 'conditional'::text, 'none'::text]))),
  CONSTRAINT dataset_state CHECK ((state = ANY (ARRAY['published'::text, 'suspended'::text, 'retired'::text])))
);

CREATE INDEX dataset_department ON public.dataset USING btree (department);

CREATE INDEX dataset_schema ON public.dataset USING btree (schema);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, department, title_zh, title_en, schema, mode, sharing, conditions, state, digest, registered_by, registered_at, intake, suspended_by_office, reason, ending_by, ended_by, rows_gone_at, decided_by, ending_reason, ending_shown, ending_until, ending_entry, stopped_by, raw_days, expects_from ON public.dataset FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,department,title_zh,title_en,schema,mode,sharing,conditions,state,digest,registered_by,registered_at,intake,suspended_by_office,reason,ending_by,ended_by,rows_gone_at,decided_by,ending_reason,ending_shown,ending_until,ending_entry,stopped_by,raw_days,expects_from');

CREATE TABLE dead_letter (
  subscription uuid NOT NULL,
  topic text NOT NULL,
  sequence bigint NOT NULL,
  state text NOT NULL,
  trouble text NOT NULL,
  died_at timestamp with time zone NOT NULL,
  replayed_at timestamp with time zone,
  CONSTRAINT dead_letter_pkey PRIMARY KEY (subscription, sequence),
  CONSTRAINT dead_letter_state_check CHECK ((state = ANY (ARRAY['dead'::text, 'waiting'::text]))),
  CONSTRAINT dead_letter_subscription_fkey FOREIGN KEY (subscription) REFERENCES webhook(subscription),
  CONSTRAINT dead_letter_topic_sequence_fkey FOREIGN KEY (topic, sequence) REFERENCES event(topic, sequence) ON DELETE CASCADE
);

CREATE INDEX dead_letter_event ON public.dead_letter USING btree (topic, sequence);

CREATE INDEX dead_letter_waiting ON public.dead_letter USING btree (subscription, sequence) WHERE (state = 'waiting'::text);

CREATE TABLE demand (
  id text NOT NULL,
  consumer text NOT NULL,
  provider text,
  title text NOT NULL,
  fields text[] NOT NULL,
  purpose text NOT NULL,
  state text NOT NULL,
  entry text,
  office_days integer NOT NULL,
  department_days integer NOT NULL,
  CONSTRAINT demand_check CHECK (((state = 'met'::text) = (entry IS NOT NULL))),
  CONSTRAINT demand_consumer_fkey FOREIGN KEY (consumer) REFERENCES department(code),
  CONSTRAINT demand_pkey PRIMARY KEY (id),
  CONSTRAINT demand_provider_fkey FOREIGN KEY (provider) REFERENCES department(code)
);

CREATE INDEX demand_consumer ON public.demand USING btree (consumer, id);

CREATE INDEX demand_in_state ON public.demand USING btree (state, id);

CREATE INDEX demand_provider ON public.demand USING btree (provider, id);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, consumer, provider, title, fields, purpose, state, entry, office_days, department_days ON public.demand FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,consumer,provider,title,fields,purpose,state,entry,office_days,department_days');

CREATE TABLE demand_event (
  demand text NOT NULL,
  seq integer NOT NULL,
  act text NOT NULL,
  person text NOT NULL,
  at timestamp with time zone NOT NULL,
  said text NOT NULL,
  provider text,
  exchange uuid NOT NULL,
  CONSTRAINT demand_event_demand_fkey FOREIGN KEY (demand) REFERENCES demand(id),
  CONSTRAINT demand_event_person_fkey FOREIGN KEY (person) REFERENCES person(id),
  CONSTRAINT demand_event_pkey PRIMARY KEY (demand, seq)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF demand, seq, act, person, at, said, provider, exchange ON public.demand_event FOR EACH ROW EXECUTE FUNCTION note_row('demand,seq', 'demand,seq,act,person,at,said,provider,exchange');

CREATE TABLE department (
  code text NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  kind text NOT NULL,
  principal text,
  parent text,
  level text,
  region text,
  data_office boolean NOT NULL DEFAULT false,
  registered_by uuid NOT NULL,
  registered_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT department_check CHECK (((kind = 'contractor'::text) = (principal IS NOT NULL))),
  CONSTRAINT department_check1 CHECK (((parent <> code) AND (principal <> code))),
  CONSTRAINT department_kind_check CHECK ((kind = ANY (ARRAY['government'::text, 'authorised'::text, 'public-service'::text, 'contractor'::text]))),
  CONSTRAINT department_level_check CHECK ((level = ANY (ARRAY['national'::text, 'province'::text, 'city'::text, 'county'::text, 'township'::text]))),
  CONSTRAINT department_parent_fkey FOREIGN KEY (parent) REFERENCES department(code),
  CONSTRAINT department_pkey PRIMARY KEY (code),
  CONSTRAINT department_principal_fkey FOREIGN KEY (principal) REFERENCES department(code)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF code, name_zh, name_en, kind, principal, parent, level, region, data_office, registered_by, registered_at ON public.department FOR EACH ROW EXECUTE FUNCTION note_row('code', 'code,name_zh,name_en,kind,principal,parent,level,region,data_office,registered_by,registered_at');

CREATE TABLE destroyed_exchange (
  mark bytea NOT NULL,
  idx bigint NOT NULL,
  parties bytea NOT NULL,
  CONSTRAINT destroyed_exchange_mark_check CHECK ((octet_length(mark) = 16)),
  CONSTRAINT destroyed_exchange_parties_check CHECK (((octet_length(parties) % 8) = 0)),
  CONSTRAINT destroyed_exchange_pkey PRIMARY KEY (mark)
);

CREATE TABLE destruction_order (
  id uuid NOT NULL,
  before timestamp with time zone NOT NULL,
  author text NOT NULL,
  approver text NOT NULL,
  CONSTRAINT destruction_order_check CHECK ((approver <> author)),
  CONSTRAINT destruction_order_pkey PRIMARY KEY (id)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, before, author, approver ON public.destruction_order FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,before,author,approver');

CREATE TABLE dispute (
  id text NOT NULL,
  about text NOT NULL,
  raised text NOT NULL,
  other text NOT NULL,
  state text NOT NULL,
  CONSTRAINT dispute_other_fkey FOREIGN KEY (other) REFERENCES department(code),
  CONSTRAINT dispute_pkey PRIMARY KEY (id),
  CONSTRAINT dispute_raised_fkey FOREIGN KEY (raised) REFERENCES department(code)
);

CREATE INDEX dispute_about ON public.dispute USING btree (about);

CREATE UNIQUE INDEX dispute_open ON public.dispute USING btree (about) WHERE (state <> ALL (ARRAY['settled'::text, 'closed'::text]));

CREATE INDEX dispute_other ON public.dispute USING btree (other, id);

CREATE INDEX dispute_raised ON public.dispute USING btree (raised, id);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, about, raised, other, state ON public.dispute FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,about,raised,other,state');

CREATE TABLE dispute_event (
  dispute text NOT NULL,
  seq integer NOT NULL,
  act text NOT NULL,
  person text NOT NULL,
  at timestamp with time zone NOT NULL,
  said text NOT NULL,
  document text NOT NULL,
  exchange uuid NOT NULL,
  CONSTRAINT dispute_event_dispute_fkey FOREIGN KEY (dispute) REFERENCES dispute(id),
  CONSTRAINT dispute_event_person_fkey FOREIGN KEY (person) REFERENCES person(id),
  CONSTRAINT dispute_event_pkey PRIMARY KEY (dispute, seq)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF dispute, seq, act, person, at, said, document, exchange ON public.dispute_event FOR EACH ROW EXECUTE FUNCTION note_row('dispute,seq', 'dispute,seq,act,person,at,said,document,exchange');

CREATE TABLE duty (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  obligation text NOT NULL,
  consumer text NOT NULL,
  provider text NOT NULL,
  dataset text NOT NULL,
  agreement text NOT NULL,
  purpose text NOT NULL,
  received_from date NOT NULL,
  received_until date NOT NULL,
  due date NOT NULL,
  exchanges bigint NOT NULL,
  consent text,
  named uuid[],
  statement text,
  answered_by uuid,
  told_by uuid,
  CONSTRAINT duty_check CHECK (((consent IS NULL) = (named IS NULL))),
  CONSTRAINT duty_check1 CHECK (((statement IS NULL) = (answered_by IS NULL))),
  CONSTRAINT duty_consent_fkey FOREIGN KEY (consent) REFERENCES consent(id),
  CONSTRAINT duty_consumer_agreement_dataset_purpose_obligation_received_key UNIQUE NULLS NOT DISTINCT (consumer, agreement, dataset, purpose, obligation, received_from, consent),
  CONSTRAINT duty_obligation_check CHECK ((obligation = ANY (ARRAY['delete-after'::text, 'delete-withdrawn'::text, 'notify-subject'::text, 'report-use'::text, 'no-onward-sharing'::text]))),
  CONSTRAINT duty_pkey PRIMARY KEY (id)
);

CREATE INDEX duty_consent ON public.duty USING btree (consent) WHERE (consent IS NOT NULL);

CREATE INDEX duty_listed ON public.duty USING btree (((answered_by IS NOT NULL)), due, received_from, id);

CREATE INDEX duty_open ON public.duty USING btree (due) WHERE (answered_by IS NULL);

CREATE INDEX duty_provider ON public.duty USING btree (provider, due);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, obligation, consumer, provider, dataset, agreement, purpose, received_from, received_until, due, exchanges, consent, named, statement, answered_by, told_by ON public.duty FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,obligation,consumer,provider,dataset,agreement,purpose,received_from,received_until,due,exchanges,consent,named,statement,answered_by,told_by');

CREATE TABLE duty_progress (
  id smallint NOT NULL,
  next bigint NOT NULL,
  CONSTRAINT duty_progress_id_check CHECK ((id = 1)),
  CONSTRAINT duty_progress_pkey PRIMARY KEY (id)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, next ON public.duty_progress FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,next');

CREATE TABLE element_source (
  element text NOT NULL,
  revision integer NOT NULL,
  department text NOT NULL,
  document jsonb NOT NULL,
  digest text NOT NULL,
  also text[] NOT NULL,
  superseded boolean NOT NULL DEFAULT false,
  author text NOT NULL,
  approver text NOT NULL,
  registered_by uuid NOT NULL,
  registered_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT element_source_approver_fkey FOREIGN KEY (approver) REFERENCES person(id),
  CONSTRAINT element_source_author_fkey FOREIGN KEY (author) REFERENCES person(id),
  CONSTRAINT element_source_check CHECK ((author <> approver)),
  CONSTRAINT element_source_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT element_source_pkey PRIMARY KEY (element, revision),
  CONSTRAINT element_source_revision_check CHECK ((revision > 0))
);

CREATE UNIQUE INDEX element_source_live ON public.element_source USING btree (element) WHERE (NOT superseded);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF element, revision, department, document, digest, also, superseded, author, approver, registered_by, registered_at ON public.element_source FOR EACH ROW EXECUTE FUNCTION note_row('element,revision', 'element,revision,department,document,digest,also,superseded,author,approver,registered_by,registered_at');

CREATE TABLE enrolment_code (
  hash text NOT NULL,
  id text NOT NULL,
  department text NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  issued_by uuid NOT NULL,
  issued_at timestamp with time zone NOT NULL DEFAULT now(),
  used_at timestamp with time zone,
  used_by uuid,
  issuer text,
  CONSTRAINT enrolment_code_check CHECK (((used_at IS NULL) = (used_by IS NULL))),
  CONSTRAINT enrolment_code_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT enrolment_code_id_key UNIQUE (id),
  CONSTRAINT enrolment_code_issuer_fkey FOREIGN KEY (issuer) REFERENCES person(id),
  CONSTRAINT enrolment_code_pkey PRIMARY KEY (hash)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF hash, id, department, expires_at, issued_by, issued_at, used_at, used_by, issuer ON public.enrolment_code FOR EACH ROW EXECUTE FUNCTION note_row('hash', 'hash,id,department,expires_at,issued_by,issued_at,used_at,used_by,issuer');

CREATE TABLE entry_destruction (
  id uuid NOT NULL,
  exchange uuid NOT NULL,
  first bigint NOT NULL,
  stays bigint[] NOT NULL,
  "order" uuid NOT NULL,
  CONSTRAINT entry_destruction_first_check CHECK (((first >= 0) AND ((first % (1024)::bigint) = 0))),
  CONSTRAINT entry_destruction_first_key UNIQUE (first),
  CONSTRAINT entry_destruction_pkey PRIMARY KEY (id)
);

CREATE TABLE erased_subject (
  idx bigint NOT NULL,
  erasure uuid NOT NULL,
  hash bytea NOT NULL,
  gone integer[] NOT NULL,
  count integer NOT NULL,
  commitment text,
  CONSTRAINT erased_subject_check CHECK (((count = 0) = (commitment IS NULL))),
  CONSTRAINT erased_subject_erasure_fkey FOREIGN KEY (erasure) REFERENCES subject_erasure(id),
  CONSTRAINT erased_subject_pkey PRIMARY KEY (idx, erasure)
);

CREATE INDEX erased_subject_erasure ON public.erased_subject USING btree (erasure);

CREATE TABLE event (
  topic text NOT NULL,
  sequence bigint NOT NULL,
  id uuid NOT NULL,
  type text NOT NULL,
  given text NOT NULL,
  digest bytea NOT NULL,
  "time" timestamp with time zone NOT NULL,
  schema text NOT NULL,
  subject bytea,
  data text NOT NULL,
  exchange uuid NOT NULL,
  stored_at timestamp with time zone NOT NULL DEFAULT now(),
  mac bytea,
  CONSTRAINT event_mac_check CHECK ((octet_length(mac) = 32)),
  CONSTRAINT event_pkey PRIMARY KEY (topic, sequence),
  CONSTRAINT event_schema_fkey FOREIGN KEY (schema) REFERENCES schema_version(urn),
  CONSTRAINT event_sequence_check CHECK ((sequence > 0)),
  CONSTRAINT event_topic_fkey FOREIGN KEY (topic) REFERENCES topic(id),
  CONSTRAINT event_type_fkey FOREIGN KEY (type) REFERENCES dataset(id)
);

CREATE UNIQUE INDEX event_given ON public.event USING btree (topic, given);

CREATE INDEX event_schema ON public.event USING btree (schema);

CREATE INDEX event_stored ON public.event USING btree (topic, stored_at);

CREATE INDEX event_type ON public.event USING btree (type);

CREATE TABLE event_acknowledgement (
  event uuid NOT NULL,
  department text NOT NULL,
  grade text NOT NULL,
  at timestamp with time zone NOT NULL,
  person text,
  exchange uuid NOT NULL,
  CONSTRAINT event_acknowledgement_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT event_acknowledgement_event_fkey FOREIGN KEY (event) REFERENCES open_event(id),
  CONSTRAINT event_acknowledgement_person_fkey FOREIGN KEY (person) REFERENCES person(id),
  CONSTRAINT event_acknowledgement_pkey PRIMARY KEY (event, department, grade)
);

CREATE INDEX event_acknowledgement_at ON public.event_acknowledgement USING btree (at);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF event, department, grade, at, person, exchange ON public.event_acknowledgement FOR EACH ROW EXECUTE FUNCTION note_row('event,department,grade', 'event,department,grade,at,person,exchange');

CREATE TABLE event_delivery (
  event uuid NOT NULL,
  exchange uuid NOT NULL,
  subscription uuid NOT NULL,
  department text NOT NULL,
  at timestamp with time zone NOT NULL,
  receipt uuid,
  CONSTRAINT event_delivery_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT event_delivery_event_fkey FOREIGN KEY (event) REFERENCES open_event(id),
  CONSTRAINT event_delivery_pkey PRIMARY KEY (event, exchange),
  CONSTRAINT event_delivery_subscription_fkey FOREIGN KEY (subscription) REFERENCES subscription(id)
);

CREATE INDEX event_delivery_at ON public.event_delivery USING btree (at);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF event, exchange, subscription, department, at, receipt ON public.event_delivery FOR EACH ROW EXECUTE FUNCTION note_row('event,exchange', 'event,exchange,subscription,department,at,receipt');

CREATE TABLE event_escalation (
  event uuid NOT NULL,
  step text NOT NULL,
  department text NOT NULL,
  stage integer NOT NULL,
  recipient text NOT NULL,
  role text NOT NULL,
  due_at timestamp with time zone NOT NULL,
  at timestamp with time zone NOT NULL,
  exchange uuid NOT NULL,
  notice uuid,
  CONSTRAINT event_escalation_event_step_department_fkey FOREIGN KEY (event, step, department) REFERENCES event_step(event, step, department),
  CONSTRAINT event_escalation_pkey PRIMARY KEY (event, step, department, stage),
  CONSTRAINT event_escalation_recipient_fkey FOREIGN KEY (recipient) REFERENCES department(code),
  CONSTRAINT event_escalation_stage_check CHECK ((stage > 0))
);

CREATE INDEX event_escalation_at ON public.event_escalation USING btree (at);

CREATE INDEX event_escalation_silent ON public.event_escalation USING btree (at) WHERE (notice IS NULL);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF event, step, department, stage, recipient, role, due_at, at, exchange, notice ON public.event_escalation FOR EACH ROW EXECUTE FUNCTION note_row('event,step,department,stage', 'event,step,department,stage,recipient,role,due_at,at,exchange,notice');

CREATE TABLE event_rule_position (
  dataset text NOT NULL,
  version bigint NOT NULL,
  sequence bigint NOT NULL,
  rules text[] NOT NULL,
  CONSTRAINT event_rule_position_dataset_fkey FOREIGN KEY (dataset) REFERENCES dataset(id),
  CONSTRAINT event_rule_position_pkey PRIMARY KEY (dataset)
);

CREATE TABLE event_rule_state (
  dataset text NOT NULL,
  rule text NOT NULL,
  series text NOT NULL,
  state json NOT NULL,
  due timestamp with time zone,
  CONSTRAINT event_rule_state_dataset_fkey FOREIGN KEY (dataset) REFERENCES dataset(id),
  CONSTRAINT event_rule_state_pkey PRIMARY KEY (dataset, rule, series)
);

CREATE INDEX event_rule_state_due ON public.event_rule_state USING btree (due) WHERE (due IS NOT NULL);

CREATE INDEX event_rule_state_held ON public.event_rule_state USING btree (dataset, rule) WHERE ((state -> 'held'::text) IS NOT NULL);

CREATE TABLE event_step (
  event uuid NOT NULL,
  step text NOT NULL,
  department text NOT NULL,
  state text NOT NULL,
  due_at timestamp with time zone NOT NULL,
  stage integer NOT NULL DEFAULT 0,
  next_at timestamp with time zone,
  answered_at timestamp with time zone,
  answered_by uuid,
  CONSTRAINT event_step_check CHECK (((answered_at IS NULL) = (answered_by IS NULL))),
  CONSTRAINT event_step_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT event_step_event_fkey FOREIGN KEY (event) REFERENCES open_event(id),
  CONSTRAINT event_step_pkey PRIMARY KEY (event, step, department)
);

CREATE INDEX event_step_answered ON public.event_step USING btree (answered_at) WHERE (answered_at IS NOT NULL);

CREATE INDEX event_step_department ON public.event_step USING btree (department, event);

CREATE INDEX event_step_due ON public.event_step USING btree (due_at);

CREATE INDEX event_step_next ON public.event_step USING btree (next_at) WHERE (next_at IS NOT NULL);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF event, step, department, state, due_at, stage, next_at, answered_at, answered_by ON public.event_step FOR EACH ROW EXECUTE FUNCTION note_row('event,step,department', 'event,step,department,state,due_at,stage,next_at,answered_at,answered_by');

CREATE TABLE evidence (
  id uuid NOT NULL,
  question text NOT NULL,
  tokens bytea[],
  attempts bytea[],
  reason text NOT NULL,
  case_number text NOT NULL,
  size bigint NOT NULL,
  asked_by text NOT NULL,
  asked_at timestamp with time zone NOT NULL,
  state text NOT NULL,
  answered_by text,
  subjects integer,
  sealed bytea,
  CONSTRAINT evidence_check1 CHECK (((tokens IS NULL) OR ((state = 'waiting'::text) = (answered_by IS NULL)))),
  CONSTRAINT evidence_check2 CHECK (((tokens IS NULL) = (attempts IS NULL))),
  CONSTRAINT evidence_check3 CHECK (((sealed IS NULL) OR (subjects IS NOT NULL))),
  CONSTRAINT evidence_check4 CHECK (((subjects IS NULL) OR (tokens IS NOT NULL))),
  CONSTRAINT evidence_pkey PRIMARY KEY (id),
  CONSTRAINT evidence_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'released'::text, 'refused'::text]))),
  CONSTRAINT evidence_subjects_check CHECK ((subjects > 0)),
  CONSTRAINT evidence_two_persons CHECK (((state = 'refused'::text) OR (answered_by <> asked_by)))
);

CREATE INDEX evidence_in_state ON public.evidence USING btree (state, id);

CREATE INDEX evidence_sealed ON public.evidence USING btree (asked_at) WHERE (sealed IS NOT NULL);

CREATE INDEX evidence_waiting ON public.evidence USING btree (asked_at) WHERE (state = 'waiting'::text);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, question, tokens, attempts, reason, case_number, size, asked_by, asked_at, state, answered_by, subjects, sealed ON public.evidence FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,question,tokens,attempts,reason,case_number,size,asked_by,asked_at,state,answered_by,subjects,sealed');

CREATE TABLE idempotency_outcome (
  department text NOT NULL,
  operation text NOT NULL,
  key text NOT NULL,
  request_digest text NOT NULL,
  status integer NOT NULL,
  content_type text NOT NULL,
  body bytea NOT NULL,
  exchange uuid NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT idempotency_outcome_pkey PRIMARY KEY (department, operation, key)
);

CREATE INDEX idempotency_outcome_at ON public.idempotency_outcome USING btree (at);

CREATE TABLE invitation (
  person text NOT NULL,
  first text NOT NULL,
  second text,
  expires_at timestamp with time zone NOT NULL,
  used_at timestamp with time zone,
  CONSTRAINT invitation_first_key UNIQUE (first),
  CONSTRAINT invitation_person_fkey FOREIGN KEY (person) REFERENCES person(id),
  CONSTRAINT invitation_pkey PRIMARY KEY (person)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF person, first, second, expires_at, used_at ON public.invitation FOR EACH ROW EXECUTE FUNCTION note_row('person', 'person,first,second,expires_at,used_at');

CREATE TABLE job (
  name text NOT NULL,
  due timestamp with time zone NOT NULL,
  owner uuid,
  lease_until timestamp with time zone,
  fencing bigint NOT NULL DEFAULT 0,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  succeeded_at timestamp with time zone,
  outcome text,
  state jsonb,
  mac bytea,
  end_mac bytea,
  CONSTRAINT job_pkey PRIMARY KEY (name)
);

CREATE TABLE job_position (
  job text NOT NULL,
  state jsonb NOT NULL,
  CONSTRAINT job_position_pkey PRIMARY KEY (job)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF job, state ON public.job_position FOR EACH ROW EXECUTE FUNCTION note_row('job', 'job,state');

CREATE TABLE key_digest (
  name text NOT NULL,
  digest text NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT key_digest_pkey PRIMARY KEY (name)
);

CREATE TABLE late_closing (
  event uuid NOT NULL,
  department text NOT NULL,
  CONSTRAINT late_closing_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT late_closing_event_fkey FOREIGN KEY (event) REFERENCES open_event(id),
  CONSTRAINT late_closing_pkey PRIMARY KEY (event, department)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF event, department ON public.late_closing FOR EACH ROW EXECUTE FUNCTION note_row('event,department', 'event,department');

CREATE TABLE legal_hold (
  id text NOT NULL,
  kind text NOT NULL,
  target text NOT NULL,
  reason text NOT NULL,
  case_number text NOT NULL,
  until timestamp with time zone NOT NULL,
  digest text NOT NULL,
  author text NOT NULL,
  approver text NOT NULL,
  exchange uuid NOT NULL,
  lifted_by text,
  lifted_why text,
  CONSTRAINT legal_hold_check CHECK ((approver <> author)),
  CONSTRAINT legal_hold_check1 CHECK (((lifted_by IS NULL) = (lifted_why IS NULL))),
  CONSTRAINT legal_hold_kind_check CHECK ((kind = ANY (ARRAY['dataset'::text, 'agreement'::text, 'subject'::text, 'entries'::text]))),
  CONSTRAINT legal_hold_pkey PRIMARY KEY (id)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, kind, target, reason, case_number, until, digest, author, approver, exchange, lifted_by, lifted_why ON public.legal_hold FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,kind,target,reason,case_number,until,digest,author,approver,exchange,lifted_by,lifted_why');

CREATE TABLE live_finding (
  nth bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  dataset text NOT NULL,
  exchange uuid NOT NULL,
  told jsonb NOT NULL,
  at timestamp with time zone NOT NULL,
  CONSTRAINT live_finding_pkey PRIMARY KEY (nth)
);

CREATE INDEX live_finding_newest ON public.live_finding USING btree (dataset, nth DESC);

CREATE TABLE live_quarantine (
  nth bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  dataset text NOT NULL,
  digest bytea NOT NULL,
  exchange uuid NOT NULL,
  place integer NOT NULL,
  times integer NOT NULL DEFAULT 1,
  problems jsonb NOT NULL,
  sealed bytea NOT NULL,
  seen_at timestamp with time zone NOT NULL,
  CONSTRAINT live_quarantine_dataset_digest_key UNIQUE (dataset, digest),
  CONSTRAINT live_quarantine_pkey PRIMARY KEY (nth)
);

CREATE INDEX live_quarantine_seen ON public.live_quarantine USING btree (seen_at);

CREATE TABLE live_service (
  dataset text NOT NULL,
  document jsonb NOT NULL,
  digest text NOT NULL,
  author text NOT NULL,
  approver text NOT NULL,
  exchange uuid NOT NULL,
  set_at timestamp with time zone NOT NULL,
  ended_by text,
  CONSTRAINT live_service_approver_fkey FOREIGN KEY (approver) REFERENCES person(id),
  CONSTRAINT live_service_author_fkey FOREIGN KEY (author) REFERENCES person(id),
  CONSTRAINT live_service_check CHECK ((approver <> author)),
  CONSTRAINT live_service_dataset_fkey FOREIGN KEY (dataset) REFERENCES dataset(id),
  CONSTRAINT live_service_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  CONSTRAINT live_service_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES person(id),
  CONSTRAINT live_service_pkey PRIMARY KEY (dataset)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF dataset, document, digest, author, approver, exchange, set_at, ended_by ON public.live_service FOR EACH ROW EXECUTE FUNCTION note_row('dataset', 'dataset,document,digest,author,approver,exchange,set_at,ended_by');

CREATE TABLE log_finding (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  code text NOT NULL,
  index bigint,
  found_at timestamp with time zone NOT NULL,
  pass bigint NOT NULL,
  finding jsonb NOT NULL,
  exchange uuid NOT NULL,
  about text NOT NULL DEFAULT ''::text,
  CONSTRAINT log_finding_code_index_about_key UNIQUE NULLS NOT DISTINCT (code, index, about),
  CONSTRAINT log_finding_pkey PRIMARY KEY (id)
);

CREATE TABLE log_key_rotation (
  next_key text NOT NULL,
  old_key text NOT NULL,
  from_size bigint NOT NULL,
  statement text NOT NULL,
  exchange uuid,
  rotated_at timestamp with time zone,
  CONSTRAINT log_key_rotation_check CHECK ((next_key <> old_key)),
  CONSTRAINT log_key_rotation_from_size_check CHECK ((from_size > 0)),
  CONSTRAINT log_key_rotation_old_key_key UNIQUE (old_key),
  CONSTRAINT log_key_rotation_pkey PRIMARY KEY (next_key),
  CONSTRAINT log_key_rotation_statement_key UNIQUE (statement)
);

CREATE TABLE mandate (
  id text NOT NULL,
  department text NOT NULL,
  person text NOT NULL,
  jws text NOT NULL,
  keyid text NOT NULL,
  given_by text NOT NULL,
  given_at timestamp with time zone NOT NULL,
  exchange uuid NOT NULL,
  CONSTRAINT mandate_check CHECK ((given_by <> person)),
  CONSTRAINT mandate_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT mandate_given_by_fkey FOREIGN KEY (given_by) REFERENCES person(id),
  CONSTRAINT mandate_id_check CHECK ((id ~ '^mdt-[0-9a-f]{24}$'::text)),
  CONSTRAINT mandate_keyid_fkey FOREIGN KEY (keyid) REFERENCES signing_key(keyid),
  CONSTRAINT mandate_person_fkey FOREIGN KEY (person) REFERENCES person(id),
  CONSTRAINT mandate_pkey PRIMARY KEY (id)
);

CREATE INDEX mandate_person ON public.mandate USING btree (person);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, department, person, jws, keyid, given_by, given_at, exchange ON public.mandate FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,department,person,jws,keyid,given_by,given_at,exchange');

CREATE TABLE mandate_revocation (
  mandate text NOT NULL,
  revoked_by text NOT NULL,
  revoked_at timestamp with time zone NOT NULL,
  reason text NOT NULL,
  exchange uuid NOT NULL,
  CONSTRAINT mandate_revocation_mandate_fkey FOREIGN KEY (mandate) REFERENCES mandate(id),
  CONSTRAINT mandate_revocation_pkey PRIMARY KEY (mandate),
  CONSTRAINT mandate_revocation_revoked_by_fkey FOREIGN KEY (revoked_by) REFERENCES person(id)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF mandate, revoked_by, revoked_at, reason, exchange ON public.mandate_revocation FOR EACH ROW EXECUTE FUNCTION note_row('mandate', 'mandate,revoked_by,revoked_at,reason,exchange');

CREATE TABLE mapping (
  dataset text NOT NULL,
  name text NOT NULL,
  version integer NOT NULL,
  document text NOT NULL,
  digest text NOT NULL,
  registered_by uuid NOT NULL,
  registered_at timestamp with time zone NOT NULL DEFAULT now(),
  author text,
  approver text,
  left_by uuid,
  CONSTRAINT mapping_approver_fkey FOREIGN KEY (approver) REFERENCES person(id),
  CONSTRAINT mapping_author_fkey FOREIGN KEY (author) REFERENCES person(id),
  CONSTRAINT mapping_dataset_fkey FOREIGN KEY (dataset) REFERENCES dataset(id),
  CONSTRAINT mapping_persons CHECK ((approver <> author)),
  CONSTRAINT mapping_pkey PRIMARY KEY (dataset, name, version),
  CONSTRAINT mapping_version_check CHECK ((version > 0))
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF dataset, name, version, document, digest, registered_by, registered_at, author, approver, left_by ON public.mapping FOR EACH ROW EXECUTE FUNCTION note_row('dataset,name,version', 'dataset,name,version,document,digest,registered_by,registered_at,author,approver,left_by');

CREATE TABLE matter (
  code text NOT NULL,
  revision integer NOT NULL,
  document jsonb NOT NULL,
  digest text NOT NULL,
  words text NOT NULL,
  departments text[] NOT NULL,
  ended text,
  superseded boolean NOT NULL DEFAULT false,
  author text NOT NULL,
  approver text NOT NULL,
  registered_by uuid NOT NULL,
  registered_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT matter_approver_fkey FOREIGN KEY (approver) REFERENCES person(id),
  CONSTRAINT matter_author_fkey FOREIGN KEY (author) REFERENCES person(id),
  CONSTRAINT matter_check CHECK ((author <> approver)),
  CONSTRAINT matter_pkey PRIMARY KEY (code, revision),
  CONSTRAINT matter_revision_check CHECK ((revision > 0))
);

CREATE UNIQUE INDEX matter_live ON public.matter USING btree (code) WHERE (NOT superseded);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF code, revision, document, digest, departments, ended, superseded, author, approver, registered_by, registered_at ON public.matter FOR EACH ROW EXECUTE FUNCTION note_row('code,revision', 'code,revision,document,digest,departments,ended,superseded,author,approver,registered_by,registered_at');

CREATE TABLE open_event (
  id uuid NOT NULL,
  plan text NOT NULL,
  revision integer NOT NULL,
  department text NOT NULL,
  topic text NOT NULL,
  type text NOT NULL,
  purpose text,
  close_key bytea,
  state text NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  opened_by uuid NOT NULL,
  ends_at timestamp with time zone NOT NULL,
  closed_at timestamp with time zone,
  closed_by uuid,
  cause text,
  closing_code text,
  closing_reason text,
  CONSTRAINT open_event_cause_check CHECK ((cause = ANY (ARRAY['event'::text, 'person'::text, 'time'::text]))),
  CONSTRAINT open_event_check CHECK (((state = 'closed'::text) = (closed_at IS NOT NULL))),
  CONSTRAINT open_event_check1 CHECK ((((closed_at IS NULL) = (closed_by IS NULL)) AND ((closed_at IS NULL) = (cause IS NULL)))),
  CONSTRAINT open_event_check2 CHECK (((closing_code IS NULL) = (closing_reason IS NULL))),
  CONSTRAINT open_event_check3 CHECK (((closing_code IS NULL) OR (cause = 'person'::text))),
  CONSTRAINT open_event_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT open_event_pkey PRIMARY KEY (id),
  CONSTRAINT open_event_plan_revision_fkey FOREIGN KEY (plan, revision) REFERENCES response_plan(code, revision),
  CONSTRAINT open_event_purpose_fkey FOREIGN KEY (purpose) REFERENCES purpose(code),
  CONSTRAINT open_event_topic_fkey FOREIGN KEY (topic) REFERENCES topic(id),
  CONSTRAINT open_event_type_fkey FOREIGN KEY (type) REFERENCES topic_type(type)
);

CREATE INDEX open_event_closed ON public.open_event USING btree (closed_at) WHERE (closed_at IS NOT NULL);

CREATE INDEX open_event_ends ON public.open_event USING btree (ends_at) WHERE (state = 'open'::text);

CREATE INDEX open_event_opened ON public.open_event USING btree (opened_at);

CREATE INDEX open_event_plan ON public.open_event USING btree (plan, close_key) WHERE (state = 'open'::text);

CREATE INDEX open_event_purpose ON public.open_event USING btree (purpose) WHERE (state = 'open'::text);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, plan, revision, department, topic, type, purpose, close_key, state, opened_at, opened_by, ends_at, closed_at, closed_by, cause, closing_code, closing_reason ON public.open_event FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,plan,revision,department,topic,type,purpose,close_key,state,opened_at,opened_by,ends_at,closed_at,closed_by,cause,closing_code,closing_reason');

CREATE TABLE own_session (
  id text NOT NULL,
  hash text NOT NULL,
  used boolean NOT NULL DEFAULT false,
  subject bytea NOT NULL,
  commitment text NOT NULL,
  department text NOT NULL,
  presented_by text NOT NULL,
  idle_until timestamp with time zone NOT NULL,
  until timestamp with time zone NOT NULL,
  exchange uuid NOT NULL,
  sealed_key bytea NOT NULL,
  assurance text,
  CONSTRAINT own_session_assurance_check CHECK ((assurance = ANY (ARRAY['substantial'::text, 'high'::text]))),
  CONSTRAINT own_session_hash_key UNIQUE (hash),
  CONSTRAINT own_session_pkey PRIMARY KEY (id),
  CONSTRAINT own_session_presented_by_check CHECK ((presented_by = ANY (ARRAY['self'::text, 'guardian'::text, 'agent'::text])))
);

CREATE INDEX own_session_until ON public.own_session USING btree (until);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, hash, used, subject, commitment, department, presented_by, until, exchange, sealed_key, assurance ON public.own_session FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,hash,used,subject,commitment,department,presented_by,until,exchange,sealed_key,assurance');

CREATE TABLE paper_consent (
  consent text NOT NULL,
  collector text NOT NULL,
  form text NOT NULL,
  scan text NOT NULL,
  taken_on date NOT NULL,
  taken_by text NOT NULL,
  confirmed_by text NOT NULL,
  CONSTRAINT paper_consent_check CHECK ((confirmed_by <> taken_by)),
  CONSTRAINT paper_consent_collector_fkey FOREIGN KEY (collector) REFERENCES department(code),
  CONSTRAINT paper_consent_collector_form_key UNIQUE (collector, form),
  CONSTRAINT paper_consent_confirmed_by_fkey FOREIGN KEY (confirmed_by) REFERENCES person(id),
  CONSTRAINT paper_consent_consent_fkey FOREIGN KEY (consent) REFERENCES consent(id),
  CONSTRAINT paper_consent_pkey PRIMARY KEY (consent),
  CONSTRAINT paper_consent_scan_key UNIQUE (scan),
  CONSTRAINT paper_consent_taken_by_fkey FOREIGN KEY (taken_by) REFERENCES person(id)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF consent, collector, form, scan, taken_on, taken_by, confirmed_by ON public.paper_consent FOR EACH ROW EXECUTE FUNCTION note_row('consent', 'consent,collector,form,scan,taken_on,taken_by,confirmed_by');

CREATE TABLE pattern_position (
  subscription uuid NOT NULL,
  acknowledged bigint NOT NULL,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  type text NOT NULL,
  CONSTRAINT pattern_position_pkey PRIMARY KEY (subscription, type),
  CONSTRAINT pattern_position_subscription_fkey FOREIGN KEY (subscription) REFERENCES subscription(id),
  CONSTRAINT pattern_position_type_fkey FOREIGN KEY (type) REFERENCES topic_type(type)
);

CREATE TABLE period_destruction (
  dataset text NOT NULL,
  period text NOT NULL,
  batch uuid NOT NULL,
  rows bigint NOT NULL,
  exchange uuid NOT NULL,
  CONSTRAINT period_destruction_dataset_fkey FOREIGN KEY (dataset) REFERENCES dataset(id),
  CONSTRAINT period_destruction_pkey PRIMARY KEY (dataset, exchange, batch),
  CONSTRAINT period_destruction_rows_check CHECK ((rows > 0))
);

CREATE INDEX period_destruction_batch ON public.period_destruction USING btree (batch);

CREATE TABLE person (
  id text NOT NULL,
  name text NOT NULL,
  department text,
  state text NOT NULL,
  invited_by text NOT NULL,
  confirmed_by text,
  made_by uuid NOT NULL,
  made_at timestamp with time zone NOT NULL DEFAULT now(),
  ended_by uuid,
  guard text,
  CONSTRAINT person_check CHECK (((confirmed_by IS NULL) OR (invited_by = 'hub'::text) OR (confirmed_by <> invited_by))),
  CONSTRAINT person_check1 CHECK (((state <> 'active'::text) OR (confirmed_by IS NOT NULL))),
  CONSTRAINT person_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT person_guard UNIQUE (id, guard),
  CONSTRAINT person_guard_check CHECK ((guard = ANY (ARRAY['operator'::text, 'security'::text, 'auditor'::text, 'several'::text]))),
  CONSTRAINT person_pkey PRIMARY KEY (id),
  CONSTRAINT person_state_check CHECK ((state = ANY (ARRAY['invited'::text, 'active'::text, 'ended'::text])))
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, name, department, state, invited_by, confirmed_by, made_by, made_at, ended_by, guard ON public.person FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,name,department,state,invited_by,confirmed_by,made_by,made_at,ended_by,guard');

CREATE TABLE person_service (
  department text NOT NULL,
  appointed boolean NOT NULL,
  author text NOT NULL,
  approver text NOT NULL,
  exchange uuid NOT NULL,
  CONSTRAINT person_service_check CHECK ((approver <> author)),
  CONSTRAINT person_service_pkey PRIMARY KEY (department)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF department, appointed, author, approver, exchange ON public.person_service FOR EACH ROW EXECUTE FUNCTION note_row('department', 'department,appointed,author,approver,exchange');

CREATE TABLE policy_document (
  id text NOT NULL,
  version integer NOT NULL,
  kind text NOT NULL,
  text text NOT NULL,
  digest text NOT NULL,
  state text NOT NULL,
  automatic boolean NOT NULL DEFAULT false,
  consumer text,
  provider text,
  signatures jsonb NOT NULL DEFAULT '[]'::jsonb,
  author text NOT NULL,
  approver text,
  submitted_by uuid NOT NULL,
  decided_by uuid,
  submitted_at timestamp with time zone NOT NULL DEFAULT now(),
  decided_at timestamp with time zone,
  written_against integer,
  tightening boolean NOT NULL DEFAULT false,
  stopped_consumer uuid,
  stopped_provider uuid,
  stopped_security uuid,
  stopped_office uuid,
  CONSTRAINT policy_document_against CHECK ((written_against < version)),
  CONSTRAINT policy_document_approver_fkey FOREIGN KEY (approver) REFERENCES person(id),
  CONSTRAINT policy_document_author_fkey FOREIGN KEY (author) REFERENCES person(id),
  CONSTRAINT policy_document_check CHECK (((approver IS NULL) OR (approver <> author))),
  CONSTRAINT policy_document_kind_check CHECK ((kind = ANY (ARRAY['Agreement'::text, 'Restriction'::text]))),
  CONSTRAINT policy_document_pkey PRIMARY KEY (id, version),
  CONSTRAINT policy_document_stopped CHECK (((state <> ALL (ARRAY['active'::text, 'suspended'::text])) OR ((state = 'suspended'::text) = (COALESCE(stopped_consumer, stopped_provider, stopped_security, stopped_office) IS NOT NULL)))),
  CONSTRAINT policy_document_version_check CHECK ((version > 0))
);

CREATE UNIQUE INDEX policy_document_standing ON public.policy_document USING btree (id) WHERE (state = ANY (ARRAY['active'::text, 'suspended'::text]));

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, version, kind, text, digest, state, automatic, consumer, provider, signatures, author, approver, submitted_by, decided_by, submitted_at, decided_at, written_against, tightening, stopped_consumer, stopped_provider, stopped_security, stopped_office ON public.policy_document FOR EACH ROW EXECUTE FUNCTION note_row('id,version', 'id,version,kind,text,digest,state,automatic,consumer,provider,signatures,author,approver,submitted_by,decided_by,submitted_at,decided_at,written_against,tightening,stopped_consumer,stopped_provider,stopped_security,stopped_office');

CREATE TABLE policy_reading (
  epoch bigint NOT NULL,
  policy text NOT NULL,
  registries text NOT NULL,
  CONSTRAINT policy_reading_pkey PRIMARY KEY (policy, epoch, registries),
  CONSTRAINT policy_reading_policy_fkey FOREIGN KEY (policy) REFERENCES policy_set(policy),
  CONSTRAINT policy_reading_registries_fkey FOREIGN KEY (registries) REFERENCES policy_registries(digest)
);

CREATE TABLE policy_registries (
  digest text NOT NULL,
  text text NOT NULL,
  CONSTRAINT policy_registries_pkey PRIMARY KEY (digest)
);

CREATE TABLE policy_set (
  policy text NOT NULL,
  lines text[] NOT NULL,
  CONSTRAINT policy_set_pkey PRIMARY KEY (policy)
);

CREATE TABLE procedure (
  id text NOT NULL,
  version integer NOT NULL,
  document jsonb NOT NULL,
  registered_by uuid NOT NULL,
  seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  CONSTRAINT procedure_pkey PRIMARY KEY (id, version),
  CONSTRAINT procedure_seq_key UNIQUE (seq)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, version, document, registered_by, seq ON public.procedure FOR EACH ROW EXECUTE FUNCTION note_row('id,version', 'id,version,document,registered_by,seq');

CREATE TABLE proposal (
  id uuid NOT NULL,
  operation text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  owner text,
  body text NOT NULL,
  params jsonb NOT NULL,
  digest text NOT NULL,
  state text NOT NULL DEFAULT 'waiting'::text,
  author text NOT NULL,
  decided_by text,
  reason text,
  proposed_at timestamp with time zone NOT NULL DEFAULT now(),
  decided_at timestamp with time zone,
  decision uuid,
  entries text[] NOT NULL DEFAULT '{}'::text[],
  needs_officer boolean NOT NULL DEFAULT false,
  CONSTRAINT proposal_author_fkey FOREIGN KEY (author) REFERENCES person(id),
  CONSTRAINT proposal_check CHECK ((((state = 'waiting'::text) = (decided_by IS NULL)) AND ((decided_by IS NULL) = (decision IS NULL)))),
  CONSTRAINT proposal_check1 CHECK (((state <> 'accepted'::text) OR (decided_by <> author))),
  CONSTRAINT proposal_check2 CHECK ((((state = 'withdrawn'::text) IS NOT TRUE) OR (decided_by = author))),
  CONSTRAINT proposal_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES person(id),
  CONSTRAINT proposal_owner_fkey FOREIGN KEY (owner) REFERENCES department(code),
  CONSTRAINT proposal_pkey PRIMARY KEY (id),
  CONSTRAINT proposal_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'accepted'::text, 'refused'::text, 'withdrawn'::text])))
);

CREATE INDEX proposal_author ON public.proposal USING btree (author) WHERE (state = 'waiting'::text);

CREATE INDEX proposal_entries ON public.proposal USING gin (entries) WHERE (state = 'waiting'::text);

CREATE INDEX proposal_owner ON public.proposal USING btree (owner) WHERE (state = 'waiting'::text);

CREATE UNIQUE INDEX proposal_waiting ON public.proposal USING btree (digest) WHERE (state = 'waiting'::text);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, operation, kind, name, owner, body, params, digest, state, author, decided_by, reason, proposed_at, decided_at, decision, entries, needs_officer ON public.proposal FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,operation,kind,name,owner,body,params,digest,state,author,decided_by,reason,proposed_at,decided_at,decision,entries,needs_officer');

CREATE TABLE provider_stop (
  agreement text NOT NULL,
  first timestamp with time zone NOT NULL,
  CONSTRAINT provider_stop_pkey PRIMARY KEY (agreement)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF agreement, first ON public.provider_stop FOR EACH ROW EXECUTE FUNCTION note_row('agreement', 'agreement,first');

CREATE TABLE pull (
  dataset text NOT NULL,
  document jsonb NOT NULL,
  secret bytea NOT NULL,
  digest text NOT NULL,
  author text NOT NULL,
  approver text NOT NULL,
  exchange uuid NOT NULL,
  set_at timestamp with time zone NOT NULL,
  asked_at timestamp with time zone,
  ended_by text,
  paused_until date,
  paused_by text,
  paused_at timestamp with time zone,
  pause_reason text,
  CONSTRAINT pull_approver_fkey FOREIGN KEY (approver) REFERENCES person(id),
  CONSTRAINT pull_author_fkey FOREIGN KEY (author) REFERENCES person(id),
  CONSTRAINT pull_check CHECK ((approver <> author)),
  CONSTRAINT pull_check1 CHECK ((num_nulls(paused_until, paused_by, paused_at, pause_reason) = ANY (ARRAY[0, 4]))),
  CONSTRAINT pull_dataset_fkey FOREIGN KEY (dataset) REFERENCES dataset(id),
  CONSTRAINT pull_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  CONSTRAINT pull_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES person(id),
  CONSTRAINT pull_paused_by_fkey FOREIGN KEY (paused_by) REFERENCES person(id),
  CONSTRAINT pull_pkey PRIMARY KEY (dataset)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF dataset, document, secret, digest, author, approver, exchange, set_at, ended_by, paused_until, paused_by, paused_at, pause_reason ON public.pull FOR EACH ROW EXECUTE FUNCTION note_row('dataset', 'dataset,document,secret,digest,author,approver,exchange,set_at,ended_by,paused_until,paused_by,paused_at,pause_reason');

CREATE TABLE pull_run (
  id uuid NOT NULL,
  dataset text NOT NULL,
  reading text NOT NULL,
  period text NOT NULL,
  begun_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  outcome text,
  complete boolean NOT NULL DEFAULT false,
  batch uuid,
  rows bigint NOT NULL DEFAULT 0,
  mark bytea,
  CONSTRAINT pull_run_check CHECK (((ended_at IS NULL) = (outcome IS NULL))),
  CONSTRAINT pull_run_dataset_fkey FOREIGN KEY (dataset) REFERENCES pull(dataset),
  CONSTRAINT pull_run_pkey PRIMARY KEY (id),
  CONSTRAINT pull_run_reading_check CHECK ((reading ~ '^[0-9a-f]{64}$'::text))
);

CREATE INDEX pull_run_newest ON public.pull_run USING btree (dataset, begun_at DESC);

CREATE TABLE purpose (
  code text NOT NULL,
  parent text,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  registered_by uuid NOT NULL,
  registered_at timestamp with time zone NOT NULL DEFAULT now(),
  author text,
  approver text,
  CONSTRAINT purpose_approver_fkey FOREIGN KEY (approver) REFERENCES person(id),
  CONSTRAINT purpose_author_fkey FOREIGN KEY (author) REFERENCES person(id),
  CONSTRAINT purpose_four_eyes CHECK (((author IS NOT NULL) AND (approver IS NOT NULL) AND (author <> approver))),
  CONSTRAINT purpose_parent_fkey FOREIGN KEY (parent) REFERENCES purpose(code),
  CONSTRAINT purpose_pkey PRIMARY KEY (code)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF code, parent, title_zh, title_en, registered_by, registered_at, author, approver ON public.purpose FOR EACH ROW EXECUTE FUNCTION note_row('code', 'code,parent,title_zh,title_en,registered_by,registered_at,author,approver');

CREATE TABLE quarantine (
  batch uuid NOT NULL,
  nth bigint NOT NULL,
  line bigint NOT NULL,
  problems jsonb NOT NULL,
  sealed bytea NOT NULL,
  CONSTRAINT quarantine_batch_fkey FOREIGN KEY (batch) REFERENCES batch(id) ON DELETE CASCADE,
  CONSTRAINT quarantine_pkey PRIMARY KEY (batch, nth)
);

CREATE TABLE release_export (
  id uuid NOT NULL,
  department text NOT NULL,
  dataset text NOT NULL,
  format text NOT NULL,
  state text NOT NULL DEFAULT 'waiting'::text,
  code text,
  request text NOT NULL,
  asked bytea NOT NULL,
  terms bytea NOT NULL,
  parts integer NOT NULL DEFAULT 0,
  rows bigint NOT NULL DEFAULT 0,
  bytes bigint NOT NULL DEFAULT 0,
  manifest text,
  expires timestamp with time zone NOT NULL,
  CONSTRAINT release_export_check CHECK (((code IS NULL) = (state <> 'failed'::text))),
  CONSTRAINT release_export_check1 CHECK (((manifest IS NULL) = (state <> 'ready'::text))),
  CONSTRAINT release_export_format_check CHECK ((format = ANY (ARRAY['ndjson'::text, 'csv'::text, 'xlsx'::text]))),
  CONSTRAINT release_export_pkey PRIMARY KEY (id),
  CONSTRAINT release_export_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'making'::text, 'ready'::text, 'failed'::text])))
);

CREATE INDEX release_export_department ON public.release_export USING btree (department);

CREATE INDEX release_export_expires ON public.release_export USING btree (expires);

CREATE INDEX release_export_waiting ON public.release_export USING btree (id) WHERE (state = ANY (ARRAY['waiting'::text, 'making'::text]));

CREATE TABLE release_export_chunk (
  export uuid NOT NULL,
  at bigint NOT NULL,
  bytes integer NOT NULL,
  sealed bytea NOT NULL STORAGE EXTERNAL,
  CONSTRAINT release_export_chunk_export_fkey FOREIGN KEY (export) REFERENCES release_export(id) ON DELETE CASCADE,
  CONSTRAINT release_export_chunk_pkey PRIMARY KEY (export, at)
);

CREATE TABLE release_stream (
  id uuid NOT NULL,
  department text NOT NULL,
  facts jsonb NOT NULL,
  lease_until timestamp with time zone NOT NULL,
  kind text NOT NULL DEFAULT 'stream'::text,
  counter text,
  CONSTRAINT release_stream_kind_check CHECK ((kind = ANY (ARRAY['stream'::text, 'connector'::text]))),
  CONSTRAINT release_stream_pkey PRIMARY KEY (id)
);

CREATE INDEX release_stream_department ON public.release_stream USING btree (department);

CREATE INDEX release_stream_lease ON public.release_stream USING btree (lease_until);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, department, facts, kind, counter ON public.release_stream FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,department,facts,kind,counter');

CREATE TABLE reminder (
  id uuid NOT NULL,
  kind text NOT NULL,
  owner text NOT NULL,
  way text NOT NULL,
  said jsonb NOT NULL,
  made_at timestamp with time zone NOT NULL,
  trouble text,
  state text NOT NULL DEFAULT 'queued'::text,
  died_at timestamp with time zone,
  replayed_at timestamp with time zone,
  CONSTRAINT reminder_kind_owner_way_fkey FOREIGN KEY (kind, owner, way) REFERENCES reminder_address(kind, owner, way) ON DELETE CASCADE,
  CONSTRAINT reminder_pkey PRIMARY KEY (id),
  CONSTRAINT reminder_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'dead'::text, 'waiting'::text])))
);

CREATE INDEX reminder_order ON public.reminder USING btree (kind, owner, way, made_at, id);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, kind, owner, way, said, made_at ON public.reminder FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,kind,owner,way,said,made_at');

CREATE TABLE reminder_address (
  kind text NOT NULL,
  owner text NOT NULL,
  way text NOT NULL,
  sealed bytea NOT NULL,
  set_by text NOT NULL,
  set_at timestamp with time zone NOT NULL,
  exchange uuid NOT NULL,
  CONSTRAINT reminder_address_check CHECK (((way = 'mail'::text) OR ((way = 'webhook'::text) AND (kind = 'department'::text)))),
  CONSTRAINT reminder_address_kind_check CHECK ((kind = ANY (ARRAY['person'::text, 'department'::text]))),
  CONSTRAINT reminder_address_pkey PRIMARY KEY (kind, owner, way),
  CONSTRAINT reminder_address_set_by_fkey FOREIGN KEY (set_by) REFERENCES person(id)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF kind, owner, way, sealed, set_by, set_at, exchange ON public.reminder_address FOR EACH ROW EXECUTE FUNCTION note_row('kind,owner,way', 'kind,owner,way,sealed,set_by,set_at,exchange');

CREATE TABLE reminder_state (
  kind text NOT NULL,
  owner text NOT NULL,
  way text NOT NULL,
  next_at timestamp with time zone NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  failing_since timestamp with time zone,
  trouble text,
  status integer,
  delivered_at timestamp with time zone,
  leased_until timestamp with time zone NOT NULL DEFAULT now(),
  fencing bigint NOT NULL DEFAULT ((EXTRACT(epoch FROM clock_timestamp()) * (1000000)::numeric))::bigint,
  CONSTRAINT reminder_state_kind_owner_way_fkey FOREIGN KEY (kind, owner, way) REFERENCES reminder_address(kind, owner, way) ON DELETE CASCADE,
  CONSTRAINT reminder_state_pkey PRIMARY KEY (kind, owner, way)
);

CREATE TABLE reminder_told (
  kind text NOT NULL,
  owner text NOT NULL,
  way text NOT NULL,
  thing text NOT NULL,
  CONSTRAINT reminder_told_kind_owner_way_fkey FOREIGN KEY (kind, owner, way) REFERENCES reminder_address(kind, owner, way) ON DELETE CASCADE,
  CONSTRAINT reminder_told_pkey PRIMARY KEY (kind, owner, way, thing),
  CONSTRAINT reminder_told_thing_check CHECK ((thing ~ '^[0-9a-f]{64}$'::text))
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF kind, owner, way, thing ON public.reminder_told FOR EACH ROW EXECUTE FUNCTION note_row('kind,owner,way,thing', 'kind,owner,way,thing');

CREATE TABLE request (
  id text NOT NULL,
  consumer text NOT NULL,
  provider text NOT NULL,
  agreement text NOT NULL,
  version integer NOT NULL,
  procedure text,
  procedure_version integer,
  unconditional boolean NOT NULL,
  closed boolean NOT NULL,
  made_by uuid NOT NULL,
  CONSTRAINT request_consumer_fkey FOREIGN KEY (consumer) REFERENCES department(code),
  CONSTRAINT request_pkey PRIMARY KEY (id),
  CONSTRAINT request_procedure_procedure_version_fkey FOREIGN KEY (procedure, procedure_version) REFERENCES procedure(id, version),
  CONSTRAINT request_provider_fkey FOREIGN KEY (provider) REFERENCES department(code)
);

CREATE INDEX request_consumer ON public.request USING btree (consumer, id);

CREATE INDEX request_open ON public.request USING btree (id) WHERE (NOT closed);

CREATE INDEX request_provider ON public.request USING btree (provider, id);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, consumer, provider, agreement, version, procedure, procedure_version, unconditional, closed, made_by ON public.request FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,consumer,provider,agreement,version,procedure,procedure_version,unconditional,closed,made_by');

CREATE TABLE request_event (
  request text NOT NULL,
  seq integer NOT NULL,
  act text NOT NULL,
  person text NOT NULL,
  at timestamp with time zone NOT NULL,
  said jsonb NOT NULL,
  exchange uuid NOT NULL,
  CONSTRAINT request_event_person_fkey FOREIGN KEY (person) REFERENCES person(id),
  CONSTRAINT request_event_pkey PRIMARY KEY (request, seq),
  CONSTRAINT request_event_request_fkey FOREIGN KEY (request) REFERENCES request(id)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF request, seq, act, person, at, said, exchange ON public.request_event FOR EACH ROW EXECUTE FUNCTION note_row('request,seq', 'request,seq,act,person,at,said,exchange');

CREATE TABLE request_template (
  code text NOT NULL,
  revision integer NOT NULL,
  document jsonb NOT NULL,
  digest text NOT NULL,
  provider text NOT NULL,
  datasets text[] NOT NULL,
  matters text[] NOT NULL,
  withdrawn text,
  superseded boolean NOT NULL DEFAULT false,
  author text NOT NULL,
  approver text NOT NULL,
  registered_by uuid NOT NULL,
  registered_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT request_template_approver_fkey FOREIGN KEY (approver) REFERENCES person(id),
  CONSTRAINT request_template_author_fkey FOREIGN KEY (author) REFERENCES person(id),
  CONSTRAINT request_template_check CHECK ((author <> approver)),
  CONSTRAINT request_template_pkey PRIMARY KEY (code, revision),
  CONSTRAINT request_template_provider_fkey FOREIGN KEY (provider) REFERENCES department(code),
  CONSTRAINT request_template_revision_check CHECK ((revision > 0))
);

CREATE UNIQUE INDEX request_template_live ON public.request_template USING btree (code) WHERE (NOT superseded);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF code, revision, document, digest, provider, datasets, matters, withdrawn, superseded, author, approver, registered_by, registered_at ON public.request_template FOR EACH ROW EXECUTE FUNCTION note_row('code,revision', 'code,revision,document,digest,provider,datasets,matters,withdrawn,superseded,author,approver,registered_by,registered_at');

CREATE TABLE response_plan (
  code text NOT NULL,
  revision integer NOT NULL,
  document jsonb NOT NULL,
  digest text NOT NULL,
  department text NOT NULL,
  topic text NOT NULL,
  type text NOT NULL,
  purpose text,
  withdrawn text,
  superseded boolean NOT NULL DEFAULT false,
  author text NOT NULL,
  approver text NOT NULL,
  registered_by uuid NOT NULL,
  registered_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT response_plan_approver_fkey FOREIGN KEY (approver) REFERENCES person(id),
  CONSTRAINT response_plan_author_fkey FOREIGN KEY (author) REFERENCES person(id),
  CONSTRAINT response_plan_check CHECK ((author <> approver)),
  CONSTRAINT response_plan_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT response_plan_pkey PRIMARY KEY (code, revision),
  CONSTRAINT response_plan_purpose_fkey FOREIGN KEY (purpose) REFERENCES purpose(code),
  CONSTRAINT response_plan_revision_check CHECK ((revision > 0)),
  CONSTRAINT response_plan_topic_fkey FOREIGN KEY (topic) REFERENCES topic(id),
  CONSTRAINT response_plan_type_fkey FOREIGN KEY (type) REFERENCES topic_type(type)
);

CREATE UNIQUE INDEX response_plan_live ON public.response_plan USING btree (code) WHERE (NOT superseded);

CREATE INDEX response_plan_topic ON public.response_plan USING btree (topic) WHERE (NOT superseded);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF code, revision, document, digest, department, topic, type, purpose, withdrawn, superseded, author, approver, registered_by, registered_at ON public.response_plan FOR EACH ROW EXECUTE FUNCTION note_row('code,revision', 'code,revision,document,digest,department,topic,type,purpose,withdrawn,superseded,author,approver,registered_by,registered_at');

CREATE TABLE retention_rule (
  id text NOT NULL,
  class text NOT NULL,
  dataset text,
  years integer,
  reason text NOT NULL,
  digest text NOT NULL,
  author text NOT NULL,
  approver text NOT NULL,
  exchange uuid NOT NULL,
  CONSTRAINT retention_rule_check CHECK ((approver <> author)),
  CONSTRAINT retention_rule_class_check CHECK ((class = ANY (ARRAY['exchange'::text, 'reading'::text]))),
  CONSTRAINT retention_rule_pkey PRIMARY KEY (id),
  CONSTRAINT retention_rule_years_check CHECK ((years >= 3))
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, class, dataset, years, reason, digest, author, approver, exchange ON public.retention_rule FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,class,dataset,years,reason,digest,author,approver,exchange');

CREATE TABLE risk (
  id uuid NOT NULL,
  rule text NOT NULL,
  day date NOT NULL,
  key text NOT NULL,
  consumer text,
  official text,
  departments text[] NOT NULL,
  count bigint NOT NULL,
  "limit" bigint NOT NULL,
  entries bigint[] NOT NULL,
  found_at timestamp with time zone NOT NULL,
  due date NOT NULL,
  exchange uuid NOT NULL,
  state text NOT NULL DEFAULT 'open'::text,
  escalated_by text,
  escalation text,
  acknowledged_by text,
  acknowledgement text,
  person text,
  CONSTRAINT risk_check CHECK (((escalated_by IS NULL) = (escalation IS NULL))),
  CONSTRAINT risk_check1 CHECK (((acknowledged_by IS NULL) = (acknowledgement IS NULL))),
  CONSTRAINT risk_check2 CHECK (((state = 'acknowledged'::text) = (acknowledged_by IS NOT NULL))),
  CONSTRAINT risk_check3 CHECK ((acknowledged_by <> escalated_by)),
  CONSTRAINT risk_check4 CHECK ((acknowledged_by <> person)),
  CONSTRAINT risk_pkey PRIMARY KEY (id),
  CONSTRAINT risk_rule_day_key_key UNIQUE (rule, day, key),
  CONSTRAINT risk_state_check CHECK ((state = ANY (ARRAY['open'::text, 'escalated'::text, 'acknowledged'::text])))
);

CREATE INDEX risk_consumer ON public.risk USING btree (consumer);

CREATE INDEX risk_departments ON public.risk USING gin (departments);

CREATE INDEX risk_listed ON public.risk USING btree (((state = 'acknowledged'::text)), (
CASE
    WHEN (state <> 'acknowledged'::text) THEN due
    ELSE NULL::date
END), due DESC, id DESC);

CREATE INDEX risk_unanswered ON public.risk USING btree (due) WHERE (state <> 'acknowledged'::text);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, rule, day, key, consumer, official, departments, count, "limit", entries, found_at, due, exchange, state, escalated_by, escalation, acknowledged_by, acknowledgement, person ON public.risk FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,rule,day,key,consumer,official,departments,count,limit,entries,found_at,due,exchange,state,escalated_by,escalation,acknowledged_by,acknowledgement,person');

CREATE TABLE risk_volume (
  consumer text NOT NULL,
  day date NOT NULL,
  rows bigint NOT NULL,
  off_hours bigint NOT NULL,
  first_entry bigint NOT NULL,
  behind_entry bigint NOT NULL,
  CONSTRAINT risk_volume_pkey PRIMARY KEY (day, first_entry, consumer)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF day, first_entry, consumer, rows, off_hours, behind_entry ON public.risk_volume FOR EACH ROW EXECUTE FUNCTION note_row('day,first_entry,consumer', 'day,first_entry,consumer,rows,off_hours,behind_entry');

CREATE TABLE role_grant (
  person text NOT NULL,
  role text NOT NULL,
  department text,
  granted_by text NOT NULL,
  confirmed_by text,
  made_by uuid NOT NULL,
  guard text,
  CONSTRAINT role_grant_apart FOREIGN KEY (person, guard) REFERENCES person(id, guard),
  CONSTRAINT role_grant_check CHECK (((role <> 'operator'::text) OR (department IS NULL))),
  CONSTRAINT role_grant_check1 CHECK (((confirmed_by IS NULL) OR (granted_by = 'hub'::text) OR (confirmed_by <> granted_by))),
  CONSTRAINT role_grant_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT role_grant_guarded CHECK ((NOT (guard IS DISTINCT FROM
CASE
    WHEN (role = ANY (ARRAY['operator'::text, 'security'::text, 'auditor'::text])) THEN role
    ELSE NULL::text
END))),
  CONSTRAINT role_grant_person_fkey FOREIGN KEY (person) REFERENCES person(id),
  CONSTRAINT role_grant_person_role_department_key UNIQUE NULLS NOT DISTINCT (person, role, department),
  CONSTRAINT role_grant_role_check CHECK ((role = ANY (ARRAY['operator'::text, 'steward'::text, 'security'::text, 'auditor'::text, 'clerk'::text, 'leader'::text])))
);

CREATE TRIGGER role_grant_confirmed_stays BEFORE DELETE ON public.role_grant FOR EACH ROW WHEN ((old.confirmed_by IS NOT NULL)) EXECUTE FUNCTION refuse_role_loss();

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF person, role, department, granted_by, confirmed_by, made_by, guard ON public.role_grant FOR EACH ROW EXECUTE FUNCTION note_row('person,role,department', 'person,role,department,granted_by,confirmed_by,made_by,guard');

CREATE TABLE rollup_change (
  dataset text NOT NULL,
  sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  buckets json NOT NULL,
  bucket_count integer NOT NULL GENERATED ALWAYS AS (json_array_length(buckets)) STORED,
  CONSTRAINT rollup_change_dataset_fkey FOREIGN KEY (dataset) REFERENCES dataset(id),
  CONSTRAINT rollup_change_pkey PRIMARY KEY (dataset, sequence)
);

CREATE TABLE rollup_position (
  dataset text NOT NULL,
  source text NOT NULL,
  version bigint NOT NULL,
  sequence bigint NOT NULL,
  definition text NOT NULL,
  place json,
  CONSTRAINT rollup_position_dataset_fkey FOREIGN KEY (dataset) REFERENCES dataset(id),
  CONSTRAINT rollup_position_pkey PRIMARY KEY (dataset),
  CONSTRAINT rollup_position_source_fkey FOREIGN KEY (source) REFERENCES dataset(id)
);

CREATE INDEX rollup_position_source ON public.rollup_position USING btree (source);

CREATE TABLE row_seal (
  table_name text NOT NULL,
  key text NOT NULL,
  mac bytea NOT NULL,
  entry uuid,
  CONSTRAINT row_seal_mac_check CHECK ((octet_length(mac) = 32)),
  CONSTRAINT row_seal_pkey PRIMARY KEY (table_name, key)
);

CREATE INDEX row_seal_owner ON public.row_seal USING btree (split_part(key, ''::text, 1)) WHERE (table_name = ANY (ARRAY['request_event'::text, 'procedure'::text, 'demand_event'::text, 'dispute_event'::text, 'ticket_told'::text, 'event_step'::text, 'event_escalation'::text, 'event_delivery'::text]));

CREATE TABLE row_sum (
  table_name text NOT NULL,
  version bigint NOT NULL,
  count bigint NOT NULL,
  sum bytea NOT NULL,
  mac bytea NOT NULL,
  writers text,
  writers_mac bytea,
  CONSTRAINT row_sum_mac_check CHECK ((octet_length(mac) = 32)),
  CONSTRAINT row_sum_pkey PRIMARY KEY (table_name),
  CONSTRAINT row_sum_sum_check CHECK ((octet_length(sum) = 32)),
  CONSTRAINT row_sum_writers_mac_check CHECK ((octet_length(writers_mac) = 32))
);

CREATE TABLE row_version (
  dataset text NOT NULL,
  key_hash bytea NOT NULL,
  version integer NOT NULL,
  sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  department text NOT NULL,
  exchange uuid NOT NULL,
  at timestamp with time zone NOT NULL,
  period text,
  due_transition text,
  due_at timestamp with time zone,
  sealed bytea NOT NULL,
  due_by text[],
  warn_at timestamp with time zone,
  CONSTRAINT row_version_check CHECK (((due_transition IS NULL) = (due_at IS NULL))),
  CONSTRAINT row_version_dataset_fkey FOREIGN KEY (dataset) REFERENCES dataset(id),
  CONSTRAINT row_version_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT row_version_key_hash_check CHECK ((length(key_hash) = 32)),
  CONSTRAINT row_version_pkey PRIMARY KEY (dataset, key_hash, version),
  CONSTRAINT row_version_version_check CHECK ((version > 0))
);

CREATE INDEX row_version_due ON public.row_version USING btree (due_at, sequence) WHERE (due_at IS NOT NULL);

CREATE INDEX row_version_period ON public.row_version USING btree (dataset, period) WHERE (period IS NOT NULL);

CREATE INDEX row_version_sequence ON public.row_version USING btree (dataset, sequence);

CREATE INDEX row_version_warn ON public.row_version USING btree (warn_at, sequence) WHERE (warn_at IS NOT NULL);

CREATE TABLE row_version_ended (
  dataset text NOT NULL,
  version integer NOT NULL,
  CONSTRAINT row_version_ended_dataset_fkey FOREIGN KEY (dataset) REFERENCES dataset(id),
  CONSTRAINT row_version_ended_pkey PRIMARY KEY (dataset),
  CONSTRAINT row_version_ended_version_check CHECK ((version > 0))
);

CREATE TABLE saved_search (
  person text NOT NULL,
  name text NOT NULL,
  question text NOT NULL,
  CONSTRAINT saved_search_pkey PRIMARY KEY (person, name)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF person, name, question ON public.saved_search FOR EACH ROW EXECUTE FUNCTION note_row('person,name', 'person,name,question');

CREATE TABLE schema_version (
  urn text NOT NULL,
  name text NOT NULL,
  major integer NOT NULL,
  minor integer NOT NULL,
  document text NOT NULL,
  digest text NOT NULL,
  state text NOT NULL DEFAULT 'published'::text,
  registered_by uuid NOT NULL,
  registered_at timestamp with time zone NOT NULL DEFAULT now(),
  owner text,
  author text,
  approver text,
  compatibility text NOT NULL DEFAULT 'BACKWARD'::text,
  needs_second boolean NOT NULL DEFAULT false,
  needs_officer boolean NOT NULL DEFAULT false,
  officer text,
  reason text,
  sunset date,
  successor text,
  decided_by uuid,
  waiver jsonb,
  CONSTRAINT schema_version_approver_fkey FOREIGN KEY (approver) REFERENCES person(id),
  CONSTRAINT schema_version_author_fkey FOREIGN KEY (author) REFERENCES person(id),
  CONSTRAINT schema_version_compatibility_check CHECK ((compatibility = ANY (ARRAY['BACKWARD'::text, 'FORWARD'::text, 'FULL'::text]))),
  CONSTRAINT schema_version_four_eyes CHECK (((state = ANY (ARRAY['draft'::text, 'inReview'::text])) OR (NOT needs_second) OR ((author IS NOT NULL) AND (approver IS NOT NULL)))),
  CONSTRAINT schema_version_name_major_minor_key UNIQUE (name, major, minor),
  CONSTRAINT schema_version_officer CHECK (((officer <> author) AND (officer <> approver))),
  CONSTRAINT schema_version_officer_agreed CHECK (((state = ANY (ARRAY['draft'::text, 'inReview'::text])) OR (NOT needs_officer) OR (officer IS NOT NULL))),
  CONSTRAINT schema_version_officer_fkey FOREIGN KEY (officer) REFERENCES person(id),
  CONSTRAINT schema_version_owner_fkey FOREIGN KEY (owner) REFERENCES department(code),
  CONSTRAINT schema_version_persons CHECK ((approver <> author)),
  CONSTRAINT schema_version_pkey PRIMARY KEY (urn),
  CONSTRAINT schema_version_state CHECK ((state = ANY (ARRAY['draft'::text, 'inReview'::text, 'published'::text, 'deprecated'::text, 'retired'::text]))),
  CONSTRAINT schema_version_successor_fkey FOREIGN KEY (successor) REFERENCES schema_version(urn),
  CONSTRAINT schema_version_sunset CHECK (((state <> ALL (ARRAY['deprecated'::text, 'retired'::text])) OR (sunset IS NOT NULL))),
  CONSTRAINT schema_version_waiver CHECK (((waiver IS NULL) OR (needs_second AND needs_officer)))
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF urn, name, major, minor, document, digest, state, registered_by, registered_at, owner, author, approver, compatibility, needs_second, needs_officer, officer, reason, sunset, successor, decided_by, waiver ON public.schema_version FOR EACH ROW EXECUTE FUNCTION note_row('urn', 'urn,name,major,minor,document,digest,state,registered_by,registered_at,owner,author,approver,compatibility,needs_second,needs_officer,officer,reason,sunset,successor,decided_by,waiver');

CREATE TRIGGER schema_version_is_kept BEFORE DELETE ON public.schema_version FOR EACH ROW EXECUTE FUNCTION keep_schema_version();

CREATE TABLE series_change (
  dataset text NOT NULL,
  sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  fields text[] NOT NULL,
  rows json NOT NULL,
  stored_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT series_change_dataset_fkey FOREIGN KEY (dataset) REFERENCES dataset(id),
  CONSTRAINT series_change_pkey PRIMARY KEY (dataset, sequence)
);

CREATE TABLE signing_key (
  keyid text NOT NULL,
  department text NOT NULL,
  alg text NOT NULL,
  public_key text NOT NULL,
  not_before timestamp with time zone NOT NULL,
  revoked_at timestamp with time zone,
  registered_by uuid NOT NULL,
  issuer text,
  state text NOT NULL DEFAULT 'active'::text,
  first boolean NOT NULL DEFAULT true,
  enrolled_at timestamp with time zone NOT NULL DEFAULT now(),
  confirmed_by text,
  objected_by text,
  objection text,
  refusal text,
  decided_by uuid,
  CONSTRAINT signing_key_alg_check CHECK ((alg = ANY (ARRAY['ecdsa-p256-sha256'::text, 'ed25519'::text]))),
  CONSTRAINT signing_key_confirmed CHECK (((state <> 'active'::text) OR first OR (issuer IS NULL) OR (confirmed_by IS NOT NULL))),
  CONSTRAINT signing_key_confirmed_by_fkey FOREIGN KEY (confirmed_by) REFERENCES person(id),
  CONSTRAINT signing_key_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT signing_key_issuer_fkey FOREIGN KEY (issuer) REFERENCES person(id),
  CONSTRAINT signing_key_objected_by_fkey FOREIGN KEY (objected_by) REFERENCES person(id),
  CONSTRAINT signing_key_objection CHECK (((objected_by IS NULL) = (objection IS NULL))),
  CONSTRAINT signing_key_persons CHECK ((confirmed_by <> issuer)),
  CONSTRAINT signing_key_pkey PRIMARY KEY (keyid),
  CONSTRAINT signing_key_refusal CHECK (((state = 'refused'::text) = (refusal IS NOT NULL))),
  CONSTRAINT signing_key_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'active'::text, 'refused'::text])))
);

CREATE INDEX signing_key_department ON public.signing_key USING btree (department);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF keyid, department, alg, public_key, not_before, revoked_at, registered_by, issuer, state, first, enrolled_at, confirmed_by, objected_by, objection, refusal, decided_by ON public.signing_key FOR EACH ROW EXECUTE FUNCTION note_row('keyid', 'keyid,department,alg,public_key,not_before,revoked_at,registered_by,issuer,state,first,enrolled_at,confirmed_by,objected_by,objection,refusal,decided_by');

CREATE TABLE silence (
  dataset text NOT NULL,
  due date NOT NULL,
  exchange uuid NOT NULL,
  told_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT silence_dataset_fkey FOREIGN KEY (dataset) REFERENCES dataset(id),
  CONSTRAINT silence_pkey PRIMARY KEY (dataset, due)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF dataset, due, exchange, told_at ON public.silence FOR EACH ROW EXECUTE FUNCTION note_row('dataset,due', 'dataset,due,exchange,told_at');

CREATE TABLE staff_session (
  id text NOT NULL,
  hash text NOT NULL,
  person text NOT NULL,
  way text NOT NULL,
  credential text,
  begun_at timestamp with time zone NOT NULL,
  seen_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  begun_by uuid NOT NULL,
  ended_at timestamp with time zone,
  ended_by uuid,
  CONSTRAINT staff_session_check CHECK (((way = 'demo'::text) = (credential IS NULL))),
  CONSTRAINT staff_session_check1 CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
  CONSTRAINT staff_session_credential_fkey FOREIGN KEY (credential) REFERENCES credential(id),
  CONSTRAINT staff_session_hash_key UNIQUE (hash),
  CONSTRAINT staff_session_person_fkey FOREIGN KEY (person) REFERENCES person(id),
  CONSTRAINT staff_session_pkey PRIMARY KEY (id),
  CONSTRAINT staff_session_way_check CHECK ((way = ANY (ARRAY['totp'::text, 'passkey'::text, 'oidc'::text, 'demo'::text])))
);

CREATE INDEX staff_session_person ON public.staff_session USING btree (person) WHERE (ended_at IS NULL);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, hash, person, way, credential, begun_at, expires_at, begun_by, ended_at, ended_by ON public.staff_session FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,hash,person,way,credential,begun_at,expires_at,begun_by,ended_at,ended_by');

CREATE TABLE stand_in (
  id text NOT NULL,
  kind text NOT NULL,
  steward text NOT NULL,
  person text NOT NULL,
  department text,
  begins timestamp with time zone NOT NULL,
  until timestamp with time zone,
  why text NOT NULL,
  digest text NOT NULL,
  author text NOT NULL,
  approver text NOT NULL,
  exchange uuid NOT NULL,
  ended_by text,
  reason text,
  CONSTRAINT stand_in_check CHECK ((person <> steward)),
  CONSTRAINT stand_in_check1 CHECK ((until > begins)),
  CONSTRAINT stand_in_check2 CHECK ((author <> person)),
  CONSTRAINT stand_in_check3 CHECK (((approver <> author) AND (approver <> person))),
  CONSTRAINT stand_in_check4 CHECK (((kind = 'second'::text) = (until IS NULL))),
  CONSTRAINT stand_in_check5 CHECK (((ended_by IS NULL) = (reason IS NULL))),
  CONSTRAINT stand_in_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT stand_in_kind_check CHECK ((kind = ANY (ARRAY['deputy'::text, 'second'::text]))),
  CONSTRAINT stand_in_person_fkey FOREIGN KEY (person) REFERENCES person(id),
  CONSTRAINT stand_in_pkey PRIMARY KEY (id),
  CONSTRAINT stand_in_steward_fkey FOREIGN KEY (steward) REFERENCES person(id)
);

CREATE UNIQUE INDEX stand_in_second ON public.stand_in USING btree (steward, department) NULLS NOT DISTINCT WHERE ((kind = 'second'::text) AND (ended_by IS NULL));

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, kind, steward, person, department, begins, until, why, digest, author, approver, exchange, ended_by, reason ON public.stand_in FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,kind,steward,person,department,begins,until,why,digest,author,approver,exchange,ended_by,reason');

CREATE TABLE statistic_cube (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  dataset text NOT NULL,
  consumer text NOT NULL,
  batch uuid NOT NULL,
  spec jsonb NOT NULL,
  cells jsonb NOT NULL,
  digest text NOT NULL,
  nth integer,
  CONSTRAINT statistic_cube_dataset_fkey FOREIGN KEY (dataset) REFERENCES dataset(id),
  CONSTRAINT statistic_cube_nth_check CHECK ((nth > 0)),
  CONSTRAINT statistic_cube_pkey PRIMARY KEY (dataset, consumer, batch)
);

CREATE INDEX statistic_cube_last ON public.statistic_cube USING btree (dataset, consumer, id);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF dataset, consumer, batch, spec, cells, digest, nth ON public.statistic_cube FOR EACH ROW EXECUTE FUNCTION note_row('dataset,consumer,batch', 'dataset,consumer,batch,spec,cells,digest,nth');

CREATE TABLE subject_assertion (
  department text NOT NULL,
  id text NOT NULL,
  jws text NOT NULL,
  exchange uuid NOT NULL,
  CONSTRAINT subject_assertion_pkey PRIMARY KEY (department, id)
);

CREATE TABLE subject_erasure (
  id uuid NOT NULL,
  exchange uuid NOT NULL,
  subject bytea NOT NULL,
  before timestamp with time zone NOT NULL,
  CONSTRAINT subject_erasure_pkey PRIMARY KEY (id)
);

CREATE INDEX subject_erasure_subject ON public.subject_erasure USING btree (subject);

CREATE TABLE subscription (
  id uuid NOT NULL,
  department text NOT NULL,
  topic text,
  types text[] NOT NULL,
  agreement text,
  purpose text NOT NULL,
  on_behalf_of text,
  matter text,
  filter jsonb NOT NULL,
  acknowledged bigint NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  ended_at timestamp with time zone,
  ended_by uuid,
  pattern text,
  begins_at timestamp with time zone,
  CONSTRAINT subscription_check CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
  CONSTRAINT subscription_check1 CHECK (((topic IS NULL) = (pattern IS NOT NULL))),
  CONSTRAINT subscription_check2 CHECK (((pattern IS NULL) = (begins_at IS NULL))),
  CONSTRAINT subscription_check3 CHECK (((pattern IS NOT NULL) OR ((agreement IS NOT NULL) AND (cardinality(types) > 0)))),
  CONSTRAINT subscription_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT subscription_pkey PRIMARY KEY (id),
  CONSTRAINT subscription_topic_fkey FOREIGN KEY (topic) REFERENCES topic(id)
);

CREATE INDEX subscription_department ON public.subscription USING btree (department) WHERE (ended_at IS NULL);

CREATE INDEX subscription_topic ON public.subscription USING btree (topic);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, department, topic, types, agreement, purpose, on_behalf_of, matter, filter, created_at, ended_at, ended_by, pattern, begins_at ON public.subscription FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,department,topic,types,agreement,purpose,on_behalf_of,matter,filter,created_at,ended_at,ended_by,pattern,begins_at');

CREATE TABLE ticket (
  id text NOT NULL,
  opener text NOT NULL,
  origin text NOT NULL,
  person text,
  provider text NOT NULL,
  dataset text NOT NULL,
  exchange uuid,
  field text,
  subject bytea,
  sealed_key bytea,
  claim text NOT NULL,
  state text NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  opened_by uuid NOT NULL,
  answered_at timestamp with time zone,
  answered_by uuid,
  reason text,
  batch uuid,
  wish text NOT NULL DEFAULT 'correction'::text,
  CONSTRAINT ticket_check CHECK (((subject IS NULL) = (sealed_key IS NULL))),
  CONSTRAINT ticket_check1 CHECK (((subject IS NOT NULL) OR (exchange IS NOT NULL))),
  CONSTRAINT ticket_check2 CHECK (((answered_at IS NULL) = (state = 'open'::text))),
  CONSTRAINT ticket_check3 CHECK (((wish = 'correction'::text) OR ((origin <> 'department'::text) AND (subject IS NOT NULL)))),
  CONSTRAINT ticket_opener_fkey FOREIGN KEY (opener) REFERENCES department(code),
  CONSTRAINT ticket_origin_check CHECK ((origin = ANY (ARRAY['department'::text, 'counter'::text, 'service'::text, 'own'::text]))),
  CONSTRAINT ticket_person_fkey FOREIGN KEY (person) REFERENCES person(id),
  CONSTRAINT ticket_pkey PRIMARY KEY (id),
  CONSTRAINT ticket_provider_fkey FOREIGN KEY (provider) REFERENCES department(code),
  CONSTRAINT ticket_subject_check CHECK ((length(subject) = 32)),
  CONSTRAINT ticket_wish_check CHECK ((wish = ANY (ARRAY['correction'::text, 'copy'::text, 'deletion'::text])))
);

CREATE INDEX ticket_of_dataset ON public.ticket USING btree (dataset, id);

CREATE UNIQUE INDEX ticket_open ON public.ticket USING btree (opener, dataset, COALESCE(field, ''::text), COALESCE(subject, '\x'::bytea), COALESCE((exchange)::text, ''::text), wish) WHERE (state = 'open'::text);

CREATE INDEX ticket_opener ON public.ticket USING btree (opener, id);

CREATE INDEX ticket_provider ON public.ticket USING btree (provider, id);

CREATE INDEX ticket_subject ON public.ticket USING btree (subject, id) WHERE (subject IS NOT NULL);

CREATE INDEX ticket_unanswered ON public.ticket USING btree (id) WHERE (state = 'open'::text);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, opener, origin, person, provider, dataset, exchange, field, subject, sealed_key, claim, state, opened_at, opened_by, answered_at, answered_by, reason, batch, wish ON public.ticket FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,opener,origin,person,provider,dataset,exchange,field,subject,sealed_key,claim,state,opened_at,opened_by,answered_at,answered_by,reason,batch,wish');

CREATE TABLE ticket_told (
  ticket text NOT NULL,
  consumer text NOT NULL,
  exchanges uuid[] NOT NULL,
  CONSTRAINT ticket_told_pkey PRIMARY KEY (ticket, consumer),
  CONSTRAINT ticket_told_ticket_fkey FOREIGN KEY (ticket) REFERENCES ticket(id)
);

CREATE INDEX ticket_told_consumer ON public.ticket_told USING btree (consumer, ticket);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF ticket, consumer, exchanges ON public.ticket_told FOR EACH ROW EXECUTE FUNCTION note_row('ticket,consumer', 'ticket,consumer,exchanges');

CREATE TABLE topic (
  id text NOT NULL,
  department text NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  ordering_key text,
  retention_days integer NOT NULL,
  digest text NOT NULL,
  last_sequence bigint NOT NULL DEFAULT 0,
  registered_by uuid NOT NULL,
  registered_at timestamp with time zone NOT NULL DEFAULT now(),
  decided_by uuid NOT NULL,
  CONSTRAINT topic_department_fkey FOREIGN KEY (department) REFERENCES department(code),
  CONSTRAINT topic_pkey PRIMARY KEY (id),
  CONSTRAINT topic_retention_days_check CHECK (((retention_days >= 1) AND (retention_days <= 365)))
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, department, title_zh, title_en, ordering_key, retention_days, digest, registered_by, registered_at, decided_by ON public.topic FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,department,title_zh,title_en,ordering_key,retention_days,digest,registered_by,registered_at,decided_by');

CREATE TABLE topic_type (
  type text NOT NULL,
  topic text NOT NULL,
  CONSTRAINT topic_type_pkey PRIMARY KEY (type),
  CONSTRAINT topic_type_topic_fkey FOREIGN KEY (topic) REFERENCES topic(id),
  CONSTRAINT topic_type_type_fkey FOREIGN KEY (type) REFERENCES dataset(id)
);

CREATE INDEX topic_type_topic ON public.topic_type USING btree (topic);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF type, topic ON public.topic_type FOR EACH ROW EXECUTE FUNCTION note_row('type', 'type,topic');

CREATE TABLE twin (
  dataset text NOT NULL,
  made_of text NOT NULL,
  made_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT twin_dataset_fkey FOREIGN KEY (dataset) REFERENCES dataset(id),
  CONSTRAINT twin_pkey PRIMARY KEY (dataset)
);

CREATE TABLE twin_row (
  dataset text NOT NULL,
  place integer NOT NULL,
  record json NOT NULL,
  CONSTRAINT twin_row_dataset_fkey FOREIGN KEY (dataset) REFERENCES twin(dataset) ON DELETE CASCADE,
  CONSTRAINT twin_row_pkey PRIMARY KEY (dataset, place)
);

CREATE TABLE upper_approval (
  number text NOT NULL,
  resource text NOT NULL,
  sha256 text NOT NULL,
  agreement text NOT NULL,
  version integer NOT NULL,
  exchange uuid NOT NULL,
  CONSTRAINT upper_approval_agreement_version_fkey FOREIGN KEY (agreement, version) REFERENCES policy_document(id, version),
  CONSTRAINT upper_approval_pkey PRIMARY KEY (number, resource)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF number, resource, sha256, agreement, version, exchange ON public.upper_approval FOR EACH ROW EXECUTE FUNCTION note_row('number,resource', 'number,resource,sha256,agreement,version,exchange');

CREATE TABLE view_count (
  day date NOT NULL,
  person text NOT NULL,
  operation text NOT NULL,
  department text,
  views integer NOT NULL,
  entry uuid,
  CONSTRAINT view_count_pkey PRIMARY KEY (day, person, operation),
  CONSTRAINT view_count_views_check CHECK ((views > 0))
);

CREATE INDEX view_count_unlogged ON public.view_count USING btree (day, person) WHERE (entry IS NULL);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF day, person, operation, department, views, entry ON public.view_count FOR EACH ROW EXECUTE FUNCTION note_row('day,person,operation', 'day,person,operation,department,views,entry');

CREATE TABLE view_delay (
  id text NOT NULL,
  subject bytea NOT NULL,
  department text NOT NULL,
  reference text NOT NULL,
  clause text NOT NULL,
  until timestamp with time zone NOT NULL,
  digest text NOT NULL,
  author text NOT NULL,
  approver text NOT NULL,
  exchange uuid NOT NULL,
  ended_by text,
  reason text,
  CONSTRAINT view_delay_check CHECK ((approver <> author)),
  CONSTRAINT view_delay_check1 CHECK (((ended_by IS NULL) = (reason IS NULL))),
  CONSTRAINT view_delay_pkey PRIMARY KEY (id)
);

CREATE INDEX view_delay_subject ON public.view_delay USING btree (subject);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF id, subject, department, reference, clause, until, digest, author, approver, exchange, ended_by, reason ON public.view_delay FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,subject,department,reference,clause,until,digest,author,approver,exchange,ended_by,reason');

CREATE TABLE waiting_hold (
  proposal uuid NOT NULL,
  kind text NOT NULL,
  target text NOT NULL,
  until timestamp with time zone NOT NULL,
  CONSTRAINT waiting_hold_pkey PRIMARY KEY (proposal)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF proposal, kind, target, until ON public.waiting_hold FOR EACH ROW EXECUTE FUNCTION note_row('proposal', 'proposal,kind,target,until');

CREATE TABLE webhook (
  subscription uuid NOT NULL,
  url bytea NOT NULL,
  batch integer NOT NULL,
  secret bytea NOT NULL,
  former_secret bytea,
  former_until timestamp with time zone,
  certificate text NOT NULL,
  keyid text NOT NULL,
  proven_at timestamp with time zone,
  CONSTRAINT webhook_batch_check CHECK (((batch >= 1) AND (batch <= 1000))),
  CONSTRAINT webhook_check CHECK (((former_secret IS NULL) = (former_until IS NULL))),
  CONSTRAINT webhook_pkey PRIMARY KEY (subscription),
  CONSTRAINT webhook_subscription_fkey FOREIGN KEY (subscription) REFERENCES subscription(id)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF subscription, url, batch, secret, former_secret, former_until, certificate, keyid, proven_at ON public.webhook FOR EACH ROW EXECUTE FUNCTION note_row('subscription', 'subscription,url,batch,secret,former_secret,former_until,certificate,keyid,proven_at');

CREATE TABLE webhook_state (
  subscription uuid NOT NULL,
  "position" bigint NOT NULL,
  paused_at timestamp with time zone,
  next_at timestamp with time zone NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  failing_since timestamp with time zone,
  trouble text,
  status integer,
  delivered_at timestamp with time zone,
  leased_until timestamp with time zone NOT NULL DEFAULT now(),
  fencing bigint NOT NULL DEFAULT 0,
  CONSTRAINT webhook_state_pkey PRIMARY KEY (subscription),
  CONSTRAINT webhook_state_subscription_fkey FOREIGN KEY (subscription) REFERENCES webhook(subscription)
);

CREATE VIEW held_dataset AS
 SELECT target AS dataset FROM legal_hold WHERE ((kind = 'dataset'::text) AND (lifted_by IS NULL) AND (until > now())) UNION SELECT ((body)::jsonb #>> '{on,dataset}'::text[]) AS dataset FROM proposal WHERE ((state = 'waiting'::text) AND (operation = 'placeHold'::text) AND (((body)::jsonb #>> '{on,dataset}'::text[]) IS NOT NULL) AND (proposed_at > (now() - 'P30D'::interval)));

CREATE VIEW standing_hold AS
 SELECT kind, target FROM legal_hold WHERE ((lifted_by IS NULL) AND (until > now())) UNION SELECT CASE key WHEN 'subjectHash'::text THEN 'subject'::text ELSE key END AS kind, CASE key WHEN 'entries'::text THEN (((value ->> 'first'::text) || '-'::text) || (value ->> 'last'::text)) ELSE (value #>> '{}'::text[]) END AS target FROM proposal, LATERAL jsonb_each(((body)::jsonb -> 'on'::text)) k(key, value) WHERE ((state = 'waiting'::text) AND (operation = 'placeHold'::text) AND (proposed_at > (now() - 'P30D'::interval)));

GRANT DELETE, INSERT, SELECT, UPDATE ON agreement_quota TO datong_app;

GRANT INSERT, SELECT ON agreement_warning TO datong_app;

GRANT DELETE, INSERT, SELECT ON attachment TO datong_app;

GRANT UPDATE (mac, received, state, unnamed_since, used_at, was_named) ON attachment TO datong_app;

GRANT DELETE, INSERT, SELECT ON attachment_part TO datong_app;

GRANT DELETE, INSERT, SELECT ON attachment_piece TO datong_app;

GRANT INSERT, SELECT ON attachment_place TO datong_app;

GRANT UPDATE (bucket, endpoint, prefix) ON attachment_place TO datong_app;

GRANT INSERT, SELECT ON audit_checkpoint TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON audit_cosignature TO datong_app;

GRANT INSERT, SELECT ON audit_entry TO datong_app;

GRANT SELECT, UPDATE ON audit_head TO datong_app;

GRANT INSERT, SELECT, UPDATE ON audit_posted TO datong_app;

GRANT INSERT, SELECT, UPDATE ON audit_posting TO datong_app;

GRANT INSERT, SELECT ON audit_private TO datong_app;

GRANT INSERT, SELECT ON audit_subject TO datong_app;

GRANT INSERT, SELECT ON audit_tile TO datong_app;

GRANT INSERT, SELECT, UPDATE ON audit_witness TO datong_app;

GRANT INSERT, SELECT ON audit_word TO datong_app;

GRANT INSERT, SELECT ON authenticator TO datong_app;

GRANT UPDATE (confirmed_at, failed_at, failures, last_step, made_by, secret) ON authenticator TO datong_app;

GRANT INSERT, SELECT ON authority_intermediate TO datong_app;

GRANT INSERT, SELECT ON authority_root TO datong_app;

GRANT INSERT, SELECT ON authority_root_accepted TO datong_app;

GRANT INSERT, SELECT ON authority_root_list TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON batch TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON batch_part TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON batch_proposal TO datong_app;

GRANT INSERT, SELECT, UPDATE ON board_case TO datong_app;

GRANT INSERT, SELECT, UPDATE ON board_day TO datong_app;

GRANT SELECT, UPDATE ON board_progress TO datong_app;

GRANT DELETE, INSERT, SELECT ON case_notice TO datong_app;

GRANT UPDATE (departments, exchange, missed, version) ON case_notice TO datong_app;

GRANT INSERT, SELECT ON catalogue_entry TO datong_app;

GRANT UPDATE (grams, superseded, tags, title_grams, title_words, words) ON catalogue_entry TO datong_app;

GRANT INSERT, SELECT ON certificate TO datong_app;

GRANT UPDATE (reason, revoked_at, revoked_by) ON certificate TO datong_app;

GRANT DELETE, INSERT, SELECT ON challenge_answered TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON change_feed TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON change_feed_left TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON change_held TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON change_told TO datong_app;

GRANT INSERT, SELECT ON changeover TO datong_app;

GRANT UPDATE (agreed, approver, batch, ended_by, lists, needs_officer, officer, over, source, state, trouble) ON changeover TO datong_app;

GRANT INSERT, SELECT ON code_list TO datong_app;

GRANT UPDATE (withdrawn_by, withdrawn_reason) ON code_list TO datong_app;

GRANT INSERT, SELECT ON consent TO datong_app;

GRANT INSERT, SELECT ON consent_event TO datong_app;

GRANT INSERT, SELECT ON consent_notice TO datong_app;

GRANT INSERT, SELECT, UPDATE ON consent_standing TO datong_app;

GRANT USAGE ON consent_version TO datong_app;

GRANT INSERT, SELECT ON credential TO datong_app;

GRANT UPDATE (revoked_at, revoked_by, sign_count) ON credential TO datong_app;

GRANT INSERT, SELECT ON dataset TO datong_app;

GRANT UPDATE (conditions, current_batch, decided_by, deletions, digest, ended_by, ending_by, ending_entry, ending_reason, ending_shown, ending_until, expects_from, intake, periods_gone, raw_days, reason, rows_gone_at, schema, sharing, state, stopped_by, suspended_by_office, title_en, title_zh) ON dataset TO datong_app;

GRANT DELETE, INSERT, SELECT ON dead_letter TO datong_app;

GRANT UPDATE (died_at, replayed_at, state, trouble) ON dead_letter TO datong_app;

GRANT INSERT, SELECT ON demand TO datong_app;

GRANT UPDATE (entry, provider, state) ON demand TO datong_app;

GRANT INSERT, SELECT ON demand_event TO datong_app;

GRANT USAGE ON demand_number TO datong_app;

GRANT INSERT, SELECT ON department TO datong_app;

GRANT INSERT, SELECT ON destroyed_exchange TO datong_app;

GRANT INSERT, SELECT ON destruction_order TO datong_app;

GRANT INSERT, SELECT ON dispute TO datong_app;

GRANT UPDATE (state) ON dispute TO datong_app;

GRANT INSERT, SELECT ON dispute_event TO datong_app;

GRANT USAGE ON dispute_number TO datong_app;

GRANT INSERT, SELECT ON duty TO datong_app;

GRANT UPDATE (answered_by, due, exchanges, statement, told_by) ON duty TO datong_app;

GRANT SELECT, UPDATE ON duty_progress TO datong_app;

GRANT INSERT, SELECT ON element_source TO datong_app;

GRANT UPDATE (superseded) ON element_source TO datong_app;

GRANT INSERT, SELECT ON enrolment_code TO datong_app;

GRANT UPDATE (used_at, used_by) ON enrolment_code TO datong_app;

GRANT INSERT, SELECT ON entry_destruction TO datong_app;

GRANT INSERT, SELECT ON erased_subject TO datong_app;

GRANT DELETE, INSERT, SELECT ON event TO datong_app;

GRANT INSERT, SELECT ON event_acknowledgement TO datong_app;

GRANT INSERT, SELECT ON event_delivery TO datong_app;

GRANT INSERT, SELECT ON event_escalation TO datong_app;

GRANT UPDATE (notice) ON event_escalation TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON event_rule_position TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON event_rule_state TO datong_app;

GRANT INSERT, SELECT ON event_step TO datong_app;

GRANT UPDATE (answered_at, answered_by, next_at, stage, state) ON event_step TO datong_app;

GRANT INSERT, SELECT ON evidence TO datong_app;

GRANT UPDATE (answered_by, sealed, state, subjects) ON evidence TO datong_app;

GRANT SELECT ON held_dataset TO datong_app;

GRANT DELETE, INSERT, SELECT ON idempotency_outcome TO datong_app;

GRANT UPDATE (at) ON idempotency_outcome TO datong_app;

GRANT INSERT, SELECT ON invitation TO datong_app;

GRANT UPDATE (second, used_at) ON invitation TO datong_app;

GRANT INSERT, SELECT, UPDATE ON job TO datong_app;

GRANT INSERT, SELECT ON job_position TO datong_app;

GRANT UPDATE (state) ON job_position TO datong_app;

GRANT INSERT, SELECT ON key_digest TO datong_app;

GRANT DELETE, INSERT, SELECT ON late_closing TO datong_app;

GRANT INSERT, SELECT ON legal_hold TO datong_app;

GRANT UPDATE (approver, author, digest, exchange, lifted_by, lifted_why, reason, until) ON legal_hold TO datong_app;

GRANT DELETE, INSERT, SELECT ON live_finding TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON live_quarantine TO datong_app;

GRANT INSERT, SELECT, UPDATE ON live_service TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON log_finding TO datong_app;

GRANT INSERT, SELECT ON log_key_rotation TO datong_app;

GRANT INSERT, SELECT ON mandate TO datong_app;

GRANT INSERT, SELECT ON mandate_revocation TO datong_app;

GRANT INSERT, SELECT ON mapping TO datong_app;

GRANT UPDATE (left_by) ON mapping TO datong_app;

GRANT INSERT, SELECT ON matter TO datong_app;

GRANT UPDATE (superseded) ON matter TO datong_app;

GRANT INSERT, SELECT ON open_event TO datong_app;

GRANT UPDATE (cause, closed_at, closed_by, closing_code, closing_reason, state) ON open_event TO datong_app;

GRANT DELETE, INSERT, SELECT ON own_session TO datong_app;

GRANT UPDATE (hash, idle_until, used) ON own_session TO datong_app;

GRANT INSERT, SELECT ON paper_consent TO datong_app;

GRANT DELETE, INSERT, SELECT ON pattern_position TO datong_app;

GRANT UPDATE (acknowledged) ON pattern_position TO datong_app;

GRANT INSERT, SELECT ON period_destruction TO datong_app;

GRANT INSERT, SELECT ON person TO datong_app;

GRANT UPDATE (confirmed_by, ended_by, guard, state) ON person TO datong_app;

GRANT INSERT, SELECT ON person_service TO datong_app;

GRANT UPDATE (appointed, approver, author, exchange) ON person_service TO datong_app;

GRANT INSERT, SELECT ON policy_document TO datong_app;

GRANT UPDATE (approver, decided_at, decided_by, signatures, state, stopped_consumer, stopped_office, stopped_provider, stopped_security) ON policy_document TO datong_app;

GRANT INSERT, SELECT ON policy_reading TO datong_app;

GRANT INSERT, SELECT ON policy_registries TO datong_app;

GRANT INSERT, SELECT ON policy_set TO datong_app;

GRANT INSERT, SELECT ON procedure TO datong_app;

GRANT INSERT, SELECT ON proposal TO datong_app;

GRANT UPDATE (decided_at, decided_by, decision, reason, state) ON proposal TO datong_app;

GRANT INSERT, SELECT, UPDATE ON provider_stop TO datong_app;

GRANT INSERT, SELECT, UPDATE ON pull TO datong_app;

GRANT INSERT, SELECT, UPDATE ON pull_run TO datong_app;

GRANT INSERT, SELECT ON purpose TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON quarantine TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON release_export TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON release_export_chunk TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON release_stream TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON reminder TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON reminder_address TO datong_app;

GRANT INSERT, SELECT ON reminder_state TO datong_app;

GRANT UPDATE (attempts, delivered_at, failing_since, fencing, leased_until, next_at, status, trouble) ON reminder_state TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON reminder_told TO datong_app;

GRANT INSERT, SELECT ON request TO datong_app;

GRANT UPDATE (closed, version) ON request TO datong_app;

GRANT INSERT, SELECT ON request_event TO datong_app;

GRANT USAGE ON request_number TO datong_app;

GRANT INSERT, SELECT ON request_template TO datong_app;

GRANT UPDATE (superseded) ON request_template TO datong_app;

GRANT INSERT, SELECT ON response_plan TO datong_app;

GRANT UPDATE (superseded) ON response_plan TO datong_app;

GRANT INSERT, SELECT ON retention_rule TO datong_app;

GRANT UPDATE (approver, author, digest, exchange, reason, years) ON retention_rule TO datong_app;

GRANT INSERT, SELECT ON risk TO datong_app;

GRANT UPDATE (acknowledged_by, acknowledgement, count, departments, entries, escalated_by, escalation, state) ON risk TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON risk_volume TO datong_app;

GRANT DELETE, INSERT, SELECT ON role_grant TO datong_app;

GRANT UPDATE (confirmed_by) ON role_grant TO datong_app;

GRANT DELETE, INSERT, SELECT ON rollup_change TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON rollup_position TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON row_seal TO datong_app;

GRANT INSERT, SELECT, UPDATE ON row_sum TO datong_app;

GRANT DELETE, INSERT, SELECT ON row_version TO datong_app;

GRANT INSERT, SELECT ON row_version_ended TO datong_app;

GRANT UPDATE (version) ON row_version_ended TO datong_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON saved_search TO datong_app;

GRANT DELETE, INSERT, SELECT ON schema_version TO datong_app;

GRANT UPDATE (approver, decided_by, needs_officer, officer, reason, state, successor, sunset) ON schema_version TO datong_app;

GRANT DELETE, INSERT, SELECT ON series_change TO datong_app;

GRANT INSERT, SELECT ON signing_key TO datong_app;

GRANT UPDATE (confirmed_by, decided_by, objected_by, objection, refusal, revoked_at, state) ON signing_key TO datong_app;

GRANT INSERT, SELECT ON silence TO datong_app;

GRANT INSERT, SELECT ON staff_session TO datong_app;

GRANT UPDATE (ended_at, ended_by, seen_at) ON staff_session TO datong_app;

GRANT INSERT, SELECT ON stand_in TO datong_app;

GRANT UPDATE (approver, author, begins, digest, ended_by, exchange, reason, until, why) ON stand_in TO datong_app;

GRANT SELECT ON standing_hold TO datong_app;

GRANT INSERT, SELECT ON statistic_cube TO datong_app;

GRANT INSERT, SELECT ON subject_assertion TO datong_app;

GRANT INSERT, SELECT ON subject_erasure TO datong_app;

GRANT INSERT, SELECT ON subscription TO datong_app;

GRANT UPDATE (acknowledged, ended_at, ended_by) ON subscription TO datong_app;

GRANT INSERT, SELECT ON ticket TO datong_app;

GRANT UPDATE (answered_at, answered_by, batch, reason, state) ON ticket TO datong_app;

GRANT USAGE ON ticket_number TO datong_app;

GRANT INSERT, SELECT ON ticket_told TO datong_app;

GRANT INSERT, SELECT ON topic TO datong_app;

GRANT UPDATE (decided_by, digest, last_sequence, retention_days, title_en, title_zh) ON topic TO datong_app;

GRANT INSERT, SELECT ON topic_type TO datong_app;

GRANT DELETE, INSERT, SELECT ON twin TO datong_app;

GRANT UPDATE (made_at, made_of) ON twin TO datong_app;

GRANT DELETE, INSERT, SELECT ON twin_row TO datong_app;

GRANT INSERT, SELECT ON upper_approval TO datong_app;

GRANT DELETE, INSERT, SELECT ON view_count TO datong_app;

GRANT UPDATE (department, entry, views) ON view_count TO datong_app;

GRANT DELETE, INSERT, SELECT ON view_delay TO datong_app;

GRANT UPDATE (approver, author, clause, digest, ended_by, exchange, reason, reference, until) ON view_delay TO datong_app;

GRANT DELETE, INSERT, SELECT ON waiting_hold TO datong_app;

GRANT INSERT, SELECT ON webhook TO datong_app;

GRANT UPDATE (certificate, former_secret, former_until, keyid, proven_at, secret) ON webhook TO datong_app;

GRANT INSERT, SELECT ON webhook_state TO datong_app;

GRANT UPDATE (attempts, delivered_at, failing_since, fencing, leased_until, next_at, paused_at, "position", status, trouble) ON webhook_state TO datong_app;

GRANT EXECUTE ON FUNCTION append_flush TO datong_app;

GRANT EXECUTE ON FUNCTION append_with_consents TO datong_app;

GRANT EXECUTE ON FUNCTION destroy_entries TO datong_app;

GRANT EXECUTE ON FUNCTION erase_subject_rows TO datong_app;

GRANT EXECUTE ON FUNCTION remove_found_digest TO datong_app;

GRANT EXECUTE ON FUNCTION remove_found_row TO datong_app;

GRANT EXECUTE ON FUNCTION standing_terms TO datong_app;

GRANT CREATE, USAGE ON SCHEMA public TO datong_owner;

GRANT USAGE ON SCHEMA public TO datong_app;

GRANT CREATE, USAGE ON SCHEMA rows TO datong_owner;

GRANT USAGE ON SCHEMA rows TO datong_app;

ALTER DEFAULT PRIVILEGES FOR ROLE datong_owner: f {datong_owner=X/datong_owner};
