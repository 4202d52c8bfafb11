/**
 * The append of an answer that rests on consents, in one statement: the flush, the look whether any consent of its scope is newer than what
 * was read, and what its entry commits to apart. Behind the swap of the head nobody gives or withdraws, and each statement of a function
 * sees what was committed before it. SQLSTATE DT005 where something is newer: everything is rolled back, and the hub asks for whom.
 */
import type { Knex } from 'knex';

export const appendWithConsentsBody = `
DECLARE
  taken text;
  newest bigint;
BEGIN
  taken := append_flush(old_size, old_root, old_epoch, new_root, new_frontier, new_mac, new_epoch, leaves, ids, ats, consumers, providers,
                        datasets, decisions, codes, keyids, nonces, subjects, quotas, pointers);
  -- from the end of its index, however many there are
  SELECT version INTO newest FROM consent_standing
   WHERE recipient = of_recipient AND dataset = of_dataset AND purpose = of_purpose ORDER BY version DESC LIMIT 1;
  IF newest > as_of THEN RAISE EXCEPTION USING ERRCODE = 'DT005', MESSAGE = 'consents are newer'; END IF;
  INSERT INTO audit_private (exchange, salt, value) VALUES (private_of, private_salt, private_value);
  RETURN taken;
END `;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
CREATE FUNCTION append_with_consents(
  old_size bigint, old_root bytea, old_epoch bigint,
  new_root bytea, new_frontier bytea, new_mac bytea, new_epoch bigint,
  leaves text, ids text, ats text, consumers text, providers text, datasets text, decisions text, codes text, keyids text, nonces text,
  subjects text, quotas text, pointers text,
  of_recipient text, of_dataset text, of_purpose text, as_of bigint, private_of uuid, private_salt bytea, private_value jsonb
) RETURNS text LANGUAGE plpgsql AS $$${appendWithConsentsBody}$$;
GRANT EXECUTE ON FUNCTION append_with_consents TO datong_app;
  `);
}
