-- append_flush for an answer that rests on consents, in one statement: the flush, a check that no consent in scope is newer than
-- version "as_of", and the private value that the entry commits to. After the swap of the head no consent changes until the
-- commit.
-- SQLSTATE DT005 if a consent is newer: the transaction is rolled back and the hub checks which consents changed.
-- The hub compares this body with the one in the database and reports a difference.
CREATE FUNCTION append_with_consents(
  old_size bigint, old_root bytea, old_epoch bigint,
  new_root bytea, new_frontier bytea, new_mac bytea, new_epoch bigint,
  leaves bytea, leaf_ends text, hashes bytea,
  ids text, ats text, consumers text, providers text, datasets text, decisions text, codes text, keyids text, nonces text,
  subjects text, persons bytea[], quotas text, pointers text,
  of_recipient text, of_dataset text, of_purpose text, as_of bigint, private_of uuid, private_salt bytea, private_value jsonb
)
RETURNS text LANGUAGE plpgsql AS $$
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
END $$;
