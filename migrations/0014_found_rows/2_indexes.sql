-- A period ends with the versions of its rows.
CREATE INDEX row_version_period ON row_version (dataset, period) WHERE period IS NOT NULL;
-- A schema version is discarded only if no event has it.
CREATE INDEX event_schema ON event (schema);
