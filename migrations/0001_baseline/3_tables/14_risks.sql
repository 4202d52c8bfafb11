-- Risks (风险预警): findings of the rules that a job applies to the log.

-- One row per rule, day and party. Never deleted.
CREATE TABLE risk (
  id              uuid PRIMARY KEY,
  rule            text NOT NULL,
  day             date NOT NULL,
  key             text NOT NULL,
  consumer        text,
  official        text,
  -- consumers and providers of its entries
  departments     text[] NOT NULL,
  count           bigint NOT NULL,
  "limit"         bigint NOT NULL,
  entries         bigint[] NOT NULL,
  found_at        timestamptz NOT NULL,
  due             date NOT NULL,
  -- log entry that reported it
  exchange        uuid NOT NULL,
  state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'escalated', 'acknowledged')),
  escalated_by    text,
  escalation      text,
  acknowledged_by text,
  acknowledgement text,
  -- staff member it is about, who cannot acknowledge it
  person          text,
  UNIQUE (rule, day, key),
  CHECK ((escalated_by IS NULL) = (escalation IS NULL)),
  CHECK ((acknowledged_by IS NULL) = (acknowledgement IS NULL)),
  CHECK ((state = 'acknowledged') = (acknowledged_by IS NOT NULL)),
  CHECK (acknowledged_by <> escalated_by),
  CHECK (acknowledged_by <> person)
);
CREATE INDEX risk_unanswered ON risk (due) WHERE state <> 'acknowledged';
CREATE INDEX risk_listed
  ON risk ((state = 'acknowledged'), (CASE WHEN state <> 'acknowledged' THEN due ELSE NULL::date END), due DESC, id DESC);
CREATE INDEX risk_departments ON risk USING gin (departments);
CREATE INDEX risk_consumer ON risk (consumer);

-- Rows that each department received on a day, which defines the usual volume. A busy day is processed in portions.
CREATE TABLE risk_volume (
  consumer     text,
  day          date,
  rows         bigint NOT NULL,
  off_hours    bigint NOT NULL,
  -- first entry of the portion, and the index after the last one: no entry is counted twice; -1: whole day, recorded before
  -- portions existed
  first_entry  bigint,
  behind_entry bigint NOT NULL,
  PRIMARY KEY (day, first_entry, consumer)
);
