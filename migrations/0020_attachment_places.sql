-- The bucket that this hub uses for attachments. The object `hub` in it has the same id: a bucket without it, or with another one, is
-- another hub's or another bucket, and nothing is deleted there.
CREATE TABLE attachment_place (
  storage  text PRIMARY KEY CHECK (storage = 's3'),
  endpoint text NOT NULL,
  bucket   text NOT NULL,
  prefix   text NOT NULL,
  -- random; the content of the object `hub`
  hub      uuid NOT NULL
);
GRANT SELECT, INSERT ON attachment_place TO datong_app;
GRANT UPDATE (endpoint, bucket, prefix) ON attachment_place TO datong_app;

-- whether any attachment is in the object store
CREATE INDEX attachment_in_s3 ON attachment (id) WHERE storage = 's3';
