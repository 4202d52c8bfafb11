-- Duties (义务事项): what consumers owe for data they received, derived from the log by a job.

-- One row per duty, answered by one statement. Never deleted.
CREATE TABLE duty (
  id             uuid DEFAULT gen_random_uuid() PRIMARY KEY,
  obligation     text NOT NULL
    CHECK (obligation IN ('delete-after', 'delete-withdrawn', 'notify-subject', 'report-use', 'no-onward-sharing')),
  consumer       text NOT NULL,
  provider       text NOT NULL,
  dataset        text NOT NULL,
  agreement      text NOT NULL,
  purpose        text NOT NULL,
  -- first and last day of receipt, calendar of China
  received_from  date NOT NULL,
  received_until date NOT NULL,
  due            date NOT NULL,
  -- number of answers that contained the data
  exchanges      bigint NOT NULL,
  -- of delete-withdrawn: the consent, and the answers
  consent        text REFERENCES consent(id),
  named          uuid[],
  -- digest of the consumer's signed statement, and its log entry
  statement      text,
  answered_by    uuid,
  -- log entry that reported it as overdue
  told_by        uuid,
  CONSTRAINT duty_consumer_agreement_dataset_purpose_obligation_received_key
    UNIQUE NULLS NOT DISTINCT (consumer, agreement, dataset, purpose, obligation, received_from, consent),
  CHECK ((consent IS NULL) = (named IS NULL)),
  CHECK ((statement IS NULL) = (answered_by IS NULL))
);
CREATE INDEX duty_provider ON duty (provider, due);
CREATE INDEX duty_open ON duty (due) WHERE answered_by IS NULL;
CREATE INDEX duty_consent ON duty (consent) WHERE consent IS NOT NULL;
CREATE INDEX duty_listed ON duty ((answered_by IS NOT NULL), due, received_from, id);

-- How far the job has read the log. Updated in the transaction of the rows it derives.
CREATE TABLE duty_progress (
  id   smallint PRIMARY KEY CHECK (id = 1),
  next bigint NOT NULL
);
INSERT INTO duty_progress VALUES (1, 0);
