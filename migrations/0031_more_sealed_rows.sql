-- Positions of jobs from which work would be left out if they were set forward past the hub. They are sealed; the table "job" is not, because
-- each process writes leases and due times into it.
CREATE TABLE job_position (
  job   text PRIMARY KEY,
  -- in the job's own format
  state jsonb NOT NULL
);
GRANT SELECT, INSERT, UPDATE (state) ON job_position TO datong_app;
INSERT INTO job_position (job, state)
SELECT name, state FROM job WHERE name IN ('watchLog', 'noticeDeadlines', 'publishHubEvents') AND state IS NOT NULL;
UPDATE job SET state = NULL WHERE name IN ('watchLog', 'noticeDeadlines', 'publishHubEvents');

-- The steps of a request, and the versions of a procedure, are compared with their seals before each act.
CREATE INDEX row_seal_owner ON row_seal (split_part(key, E'\x1f', 1)) WHERE table_name IN ('request_event', 'procedure');

-- Rows that were not sealed before: which bytes belong to which dataset, what the hub writes into its log for others, and what persons
-- reported, decided, acknowledged or are reminded of.
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "dataset", "department", "state", "sha256", "mapping", "mapping_digest", "schema_urn", "same_as", "opened_at", "superseded_at", "held_until", "approved_by", "corrects", "file_name", "code_page", "control", "findings", "problem", "retranslates" ON batch
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,dataset,department,state,sha256,mapping,mapping_digest,schema_urn,same_as,opened_at,superseded_at,held_until,approved_by,corrects,file_name,code_page,control,findings,problem,retranslates');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "department", "facts", "kind", "counter" ON release_stream
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,department,facts,kind,counter');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "job", "state" ON job_position
  FOR EACH ROW EXECUTE FUNCTION note_row('job', 'job,state');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "rule", "day", "key", "consumer", "official", "departments", "count", "limit", "entries", "found_at", "due", "exchange", "state", "escalated_by", "escalation", "acknowledged_by", "acknowledgement", "person" ON risk
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,rule,day,key,consumer,official,departments,count,limit,entries,found_at,due,exchange,state,escalated_by,escalation,acknowledged_by,acknowledgement,person');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "day", "first_entry", "consumer", "rows", "off_hours", "behind_entry" ON risk_volume
  FOR EACH ROW EXECUTE FUNCTION note_row('day,first_entry,consumer', 'day,first_entry,consumer,rows,off_hours,behind_entry');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "consumer", "provider", "title", "fields", "purpose", "state", "entry", "office_days", "department_days" ON demand
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,consumer,provider,title,fields,purpose,state,entry,office_days,department_days');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "demand", "seq", "act", "person", "at", "said", "provider", "exchange" ON demand_event
  FOR EACH ROW EXECUTE FUNCTION note_row('demand,seq', 'demand,seq,act,person,at,said,provider,exchange');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "opener", "origin", "person", "provider", "dataset", "exchange", "field", "subject", "sealed_key", "claim", "state", "opened_at", "opened_by", "answered_at", "answered_by", "reason", "batch", "wish" ON ticket
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,opener,origin,person,provider,dataset,exchange,field,subject,sealed_key,claim,state,opened_at,opened_by,answered_at,answered_by,reason,batch,wish');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "ticket", "consumer", "exchanges" ON ticket_told
  FOR EACH ROW EXECUTE FUNCTION note_row('ticket,consumer', 'ticket,consumer,exchanges');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "about", "raised", "other", "state" ON dispute
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,about,raised,other,state');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "dispute", "seq", "act", "person", "at", "said", "document", "exchange" ON dispute_event
  FOR EACH ROW EXECUTE FUNCTION note_row('dispute,seq', 'dispute,seq,act,person,at,said,document,exchange');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "event", "step", "department", "state", "due_at", "stage", "next_at", "answered_at", "answered_by" ON event_step
  FOR EACH ROW EXECUTE FUNCTION note_row('event,step,department', 'event,step,department,state,due_at,stage,next_at,answered_at,answered_by');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "event", "department", "grade", "at", "person", "exchange" ON event_acknowledgement
  FOR EACH ROW EXECUTE FUNCTION note_row('event,department,grade', 'event,department,grade,at,person,exchange');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "event", "step", "department", "stage", "recipient", "role", "due_at", "at", "exchange", "notice" ON event_escalation
  FOR EACH ROW EXECUTE FUNCTION note_row('event,step,department,stage', 'event,step,department,stage,recipient,role,due_at,at,exchange,notice');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "event", "exchange", "subscription", "department", "at" ON event_delivery
  FOR EACH ROW EXECUTE FUNCTION note_row('event,exchange', 'event,exchange,subscription,department,at');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "kind", "owner", "way", "said", "made_at" ON reminder
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,kind,owner,way,said,made_at');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "kind", "owner", "way", "thing" ON reminder_told
  FOR EACH ROW EXECUTE FUNCTION note_row('kind,owner,way,thing', 'kind,owner,way,thing');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "dataset", "key_hash", "version", "transition", "due_at", "missed", "departments", "exchange" ON case_notice
  FOR EACH ROW EXECUTE FUNCTION note_row('dataset,key_hash', 'dataset,key_hash,version,transition,due_at,missed,departments,exchange');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "dataset", "due", "exchange", "told_at" ON silence
  FOR EACH ROW EXECUTE FUNCTION note_row('dataset,due', 'dataset,due,exchange,told_at');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "agreement", "version", "days", "exchange" ON agreement_warning
  FOR EACH ROW EXECUTE FUNCTION note_row('agreement,version,days', 'agreement,version,days,exchange');
