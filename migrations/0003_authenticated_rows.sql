-- Authenticated rows: each row that decides something carries a MAC by a key of the hub (hub/store/authenticated/rules.ts names the
-- tables and columns). The key is outside the database, so only the hub makes seals.

-- One seal per row of a sealed table.
CREATE TABLE row_seal (
  table_name text,
  -- parts of the primary key, separated by U+001F
  key        text,
  -- HMAC-SHA-256 over table, key, entry and content of the row
  mac        bytea NOT NULL CHECK (octet_length(mac) = 32),
  -- log entry that made or last changed the row; NULL: changed outside of an entry
  entry      uuid,
  PRIMARY KEY (table_name, key)
);

-- Per sealed table the sum of its MACs, modulo 2^256. Finds rows that were put back or removed together with their seal. The hub repeats
-- the version in its state folder.
CREATE TABLE row_sum (
  table_name text PRIMARY KEY,
  version    bigint NOT NULL,
  count      bigint NOT NULL,
  sum        bytea NOT NULL CHECK (octet_length(sum) = 32),
  -- HMAC-SHA-256 over table, version, count and sum
  mac        bytea NOT NULL CHECK (octet_length(mac) = 32)
);

-- Trigger of sealed tables: reports the changed row to the session, which seals it before the commit. Arguments: key columns, sealed
-- columns. The message holds the key and the former content of the row, against which the former seal is checked.
-- The hub compares this body with the one in the database and seals nothing if they differ.
CREATE FUNCTION note_row()
RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "code", "name_zh", "name_en", "kind", "principal", "parent", "level", "region", "data_office", "registered_by", "registered_at" ON department
  FOR EACH ROW EXECUTE FUNCTION note_row('code', 'code,name_zh,name_en,kind,principal,parent,level,region,data_office,registered_by,registered_at');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "name", "department", "state", "invited_by", "confirmed_by", "made_by", "made_at", "ended_by", "guard" ON person
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,name,department,state,invited_by,confirmed_by,made_by,made_at,ended_by,guard');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "hash", "roles", "expires_at", "issued_by", "issued_at", "revoked_at", "revoked_by", "person", "kind", "public_key", "label" ON credential
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,hash,roles,expires_at,issued_by,issued_at,revoked_at,revoked_by,person,kind,public_key,label');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "keyid", "department", "alg", "public_key", "not_before", "revoked_at", "registered_by", "issuer", "state", "first", "enrolled_at", "confirmed_by", "objected_by", "objection", "refusal", "decided_by" ON signing_key
  FOR EACH ROW EXECUTE FUNCTION note_row('keyid', 'keyid,department,alg,public_key,not_before,revoked_at,registered_by,issuer,state,first,enrolled_at,confirmed_by,objected_by,objection,refusal,decided_by');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "serial", "department", "public_key", "pem", "not_before", "not_after", "enrolment", "revoked_at", "reason", "issued_by", "revoked_by", "issuer" ON certificate
  FOR EACH ROW EXECUTE FUNCTION note_row('serial', 'serial,department,public_key,pem,not_before,not_after,enrolment,revoked_at,reason,issued_by,revoked_by,issuer');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "hash", "id", "department", "expires_at", "issued_by", "issued_at", "used_at", "used_by", "issuer" ON enrolment_code
  FOR EACH ROW EXECUTE FUNCTION note_row('hash', 'hash,id,department,expires_at,issued_by,issued_at,used_at,used_by,issuer');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "person", "role", "department", "granted_by", "confirmed_by", "made_by", "guard" ON role_grant
  FOR EACH ROW EXECUTE FUNCTION note_row('person,role,department', 'person,role,department,granted_by,confirmed_by,made_by,guard');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "person", "first", "second", "expires_at", "used_at" ON invitation
  FOR EACH ROW EXECUTE FUNCTION note_row('person', 'person,first,second,expires_at,used_at');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "hash", "person", "way", "credential", "begun_at", "expires_at", "begun_by", "ended_at", "ended_by" ON staff_session
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,hash,person,way,credential,begun_at,expires_at,begun_by,ended_at,ended_by');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "person", "secret", "confirmed_at", "made_by" ON authenticator
  FOR EACH ROW EXECUTE FUNCTION note_row('person', 'person,secret,confirmed_at,made_by');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "kind", "steward", "person", "department", "begins", "until", "why", "digest", "author", "approver", "exchange", "ended_by", "reason" ON stand_in
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,kind,steward,person,department,begins,until,why,digest,author,approver,exchange,ended_by,reason');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "department", "person", "jws", "keyid", "given_by", "given_at", "exchange" ON mandate
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,department,person,jws,keyid,given_by,given_at,exchange');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "mandate", "revoked_by", "revoked_at", "reason", "exchange" ON mandate_revocation
  FOR EACH ROW EXECUTE FUNCTION note_row('mandate', 'mandate,revoked_by,revoked_at,reason,exchange');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "urn", "name", "major", "minor", "document", "digest", "state", "registered_by", "registered_at", "owner", "author", "approver", "compatibility", "needs_second", "needs_officer", "officer", "reason", "sunset", "successor", "decided_by", "waiver" ON schema_version
  FOR EACH ROW EXECUTE FUNCTION note_row('urn', 'urn,name,major,minor,document,digest,state,registered_by,registered_at,owner,author,approver,compatibility,needs_second,needs_officer,officer,reason,sunset,successor,decided_by,waiver');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "version", "document", "digest", "registered_by", "registered_at", "owner", "valid_from", "author", "approver", "withdrawn_reason", "withdrawn_by" ON code_list
  FOR EACH ROW EXECUTE FUNCTION note_row('id,version', 'id,version,document,digest,registered_by,registered_at,owner,valid_from,author,approver,withdrawn_reason,withdrawn_by');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "code", "parent", "title_zh", "title_en", "registered_by", "registered_at", "author", "approver" ON purpose
  FOR EACH ROW EXECUTE FUNCTION note_row('code', 'code,parent,title_zh,title_en,registered_by,registered_at,author,approver');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "department", "title_zh", "title_en", "schema", "mode", "sharing", "conditions", "state", "digest", "registered_by", "registered_at", "intake", "suspended_by_office", "reason", "ending_by", "ended_by", "rows_gone_at", "decided_by", "ending_reason", "ending_shown", "ending_until", "ending_entry", "stopped_by", "raw_days", "expects_from" ON dataset
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,department,title_zh,title_en,schema,mode,sharing,conditions,state,digest,registered_by,registered_at,intake,suspended_by_office,reason,ending_by,ended_by,rows_gone_at,decided_by,ending_reason,ending_shown,ending_until,ending_entry,stopped_by,raw_days,expects_from');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "dataset", "name", "version", "document", "digest", "registered_by", "registered_at", "author", "approver", "left_by" ON mapping
  FOR EACH ROW EXECUTE FUNCTION note_row('dataset,name,version', 'dataset,name,version,document,digest,registered_by,registered_at,author,approver,left_by');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "operation", "kind", "name", "owner", "body", "params", "digest", "state", "author", "decided_by", "reason", "proposed_at", "decided_at", "decision", "entries", "needs_officer" ON proposal
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,operation,kind,name,owner,body,params,digest,state,author,decided_by,reason,proposed_at,decided_at,decision,entries,needs_officer');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "element", "revision", "department", "document", "digest", "also", "superseded", "author", "approver", "registered_by", "registered_at" ON element_source
  FOR EACH ROW EXECUTE FUNCTION note_row('element,revision', 'element,revision,department,document,digest,also,superseded,author,approver,registered_by,registered_at');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "revision", "department", "document", "digest", "title_zh", "title_en", "category", "sharing", "datasets", "superseded", "author", "approver", "registered_by", "registered_at" ON catalogue_entry
  FOR EACH ROW EXECUTE FUNCTION note_row('id,revision', 'id,revision,department,document,digest,title_zh,title_en,category,sharing,datasets,superseded,author,approver,registered_by,registered_at');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "code", "revision", "document", "digest", "departments", "ended", "superseded", "author", "approver", "registered_by", "registered_at" ON matter
  FOR EACH ROW EXECUTE FUNCTION note_row('code,revision', 'code,revision,document,digest,departments,ended,superseded,author,approver,registered_by,registered_at');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "batch", "act", "proposed_by", "reason", "exchange", "proposed_at" ON batch_proposal
  FOR EACH ROW EXECUTE FUNCTION note_row('batch,act', 'batch,act,proposed_by,reason,exchange,proposed_at');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "dataset", "from_schema", "to_schema", "mappings", "reason", "state", "batch", "over", "source", "lists", "needs_officer", "author", "approver", "officer", "agreed", "ended_by", "rows_by", "sunset" ON changeover
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,dataset,from_schema,to_schema,mappings,reason,state,batch,over,source,lists,needs_officer,author,approver,officer,agreed,ended_by,rows_by,sunset');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "dataset", "document", "secret", "digest", "author", "approver", "exchange", "set_at", "ended_by", "paused_until", "paused_by", "paused_at", "pause_reason" ON pull
  FOR EACH ROW EXECUTE FUNCTION note_row('dataset', 'dataset,document,secret,digest,author,approver,exchange,set_at,ended_by,paused_until,paused_by,paused_at,pause_reason');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "dataset", "document", "digest", "author", "approver", "exchange", "set_at", "ended_by" ON live_service
  FOR EACH ROW EXECUTE FUNCTION note_row('dataset', 'dataset,document,digest,author,approver,exchange,set_at,ended_by');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "version", "kind", "text", "digest", "state", "automatic", "consumer", "provider", "signatures", "author", "approver", "submitted_by", "decided_by", "submitted_at", "decided_at", "written_against", "tightening", "stopped_consumer", "stopped_provider", "stopped_security", "stopped_office" ON policy_document
  FOR EACH ROW EXECUTE FUNCTION note_row('id,version', 'id,version,kind,text,digest,state,automatic,consumer,provider,signatures,author,approver,submitted_by,decided_by,submitted_at,decided_at,written_against,tightening,stopped_consumer,stopped_provider,stopped_security,stopped_office');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "number", "resource", "sha256", "agreement", "version", "exchange" ON upper_approval
  FOR EACH ROW EXECUTE FUNCTION note_row('number,resource', 'number,resource,sha256,agreement,version,exchange');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "agreement", "first" ON provider_stop
  FOR EACH ROW EXECUTE FUNCTION note_row('agreement', 'agreement,first');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "digest", "owner", "reference", "language", "text", "purposes", "registered_by", "registered_at" ON consent_notice
  FOR EACH ROW EXECUTE FUNCTION note_row('digest,owner', 'digest,owner,reference,language,text,purposes,registered_by,registered_at');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "jws", "subject", "guardian", "recipient", "provider", "dataset", "collected_by", "notice", "exchange" ON consent
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,jws,subject,guardian,recipient,provider,dataset,collected_by,notice,exchange');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "consent", "type", "at", "exchange" ON consent_event
  FOR EACH ROW EXECUTE FUNCTION note_row('consent,type', 'consent,type,at,exchange');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "subject", "recipient", "dataset", "purpose", "consent", "state", "fields", "not_before", "until", "max_uses", "guardian", "collected_by", "retention" ON consent_standing
  FOR EACH ROW EXECUTE FUNCTION note_row('subject,recipient,dataset,purpose', 'subject,recipient,dataset,purpose,consent,state,fields,not_before,until,max_uses,guardian,collected_by,retention');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "consent", "collector", "form", "scan", "taken_on", "taken_by", "confirmed_by" ON paper_consent
  FOR EACH ROW EXECUTE FUNCTION note_row('consent', 'consent,collector,form,scan,taken_on,taken_by,confirmed_by');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "dataset", "consumer", "batch", "spec", "cells", "digest" ON statistic_cube
  FOR EACH ROW EXECUTE FUNCTION note_row('dataset,consumer,batch', 'dataset,consumer,batch,spec,cells,digest');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "version", "document", "registered_by", "seq" ON procedure
  FOR EACH ROW EXECUTE FUNCTION note_row('id,version', 'id,version,document,registered_by,seq');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "consumer", "provider", "agreement", "version", "procedure", "procedure_version", "unconditional", "closed", "made_by" ON request
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,consumer,provider,agreement,version,procedure,procedure_version,unconditional,closed,made_by');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "request", "seq", "act", "person", "at", "said", "exchange" ON request_event
  FOR EACH ROW EXECUTE FUNCTION note_row('request,seq', 'request,seq,act,person,at,said,exchange');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "code", "revision", "document", "digest", "provider", "datasets", "matters", "withdrawn", "superseded", "author", "approver", "registered_by", "registered_at" ON request_template
  FOR EACH ROW EXECUTE FUNCTION note_row('code,revision', 'code,revision,document,digest,provider,datasets,matters,withdrawn,superseded,author,approver,registered_by,registered_at');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "obligation", "consumer", "provider", "dataset", "agreement", "purpose", "received_from", "received_until", "due", "exchanges", "consent", "named", "statement", "answered_by", "told_by" ON duty
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,obligation,consumer,provider,dataset,agreement,purpose,received_from,received_until,due,exchanges,consent,named,statement,answered_by,told_by');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "department", "appointed", "author", "approver", "exchange" ON person_service
  FOR EACH ROW EXECUTE FUNCTION note_row('department', 'department,appointed,author,approver,exchange');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "subject", "department", "reference", "clause", "until", "digest", "author", "approver", "exchange", "ended_by", "reason" ON view_delay
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,subject,department,reference,clause,until,digest,author,approver,exchange,ended_by,reason');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "hash", "used", "subject", "commitment", "department", "presented_by", "until", "exchange", "sealed_key", "assurance" ON own_session
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,hash,used,subject,commitment,department,presented_by,until,exchange,sealed_key,assurance');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "kind", "target", "reason", "case_number", "until", "digest", "author", "approver", "exchange", "lifted_by", "lifted_why" ON legal_hold
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,kind,target,reason,case_number,until,digest,author,approver,exchange,lifted_by,lifted_why');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "class", "dataset", "years", "reason", "digest", "author", "approver", "exchange" ON retention_rule
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,class,dataset,years,reason,digest,author,approver,exchange');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "before", "author", "approver" ON destruction_order
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,before,author,approver');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "question", "tokens", "attempts", "reason", "case_number", "size", "asked_by", "asked_at", "state", "answered_by", "subjects", "sealed" ON evidence
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,question,tokens,attempts,reason,case_number,size,asked_by,asked_at,state,answered_by,subjects,sealed');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "kind", "owner", "way", "sealed", "set_by", "set_at", "exchange" ON reminder_address
  FOR EACH ROW EXECUTE FUNCTION note_row('kind,owner,way', 'kind,owner,way,sealed,set_by,set_at,exchange');

-- Findings about rows stand next to those about entries.
ALTER TABLE log_finding ADD COLUMN about text NOT NULL DEFAULT '';
ALTER TABLE log_finding DROP CONSTRAINT log_finding_code_index_key;
ALTER TABLE log_finding ADD CONSTRAINT log_finding_code_index_about_key UNIQUE NULLS NOT DISTINCT (code, index, about);

GRANT SELECT, INSERT, UPDATE, DELETE ON row_seal TO datong_app;
GRANT SELECT, INSERT, UPDATE ON row_sum TO datong_app;
