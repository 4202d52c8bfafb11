/**
 * Leaves are stored packed: `leaf` holds the bytes that were hashed, or those bytes as log/packing writes them, which needs nothing but the
 * program to be read. `append_flush` takes stored bytes and hashes as they are, and looks that they fit each other in number and length.
 * `keyid` holds the beginning of a key's id (`keyMark` in hub/store/audit/flush.ts); the whole stands in the leaf.
 * The index by consumer and time goes: what asked for it asks the index beside the log (019).
 */
import type { Knex } from 'knex';
import { appendFlushBody as before } from './002_audit.ts';
import { appendWithConsentsBody as withConsentsBefore } from './162_append_with_consents.ts';

/** Puts one stretch of a body in the place of another. */
function exchanged(body: string, from: string, to: string): string {
  if (!body.includes(from)) throw new Error('a body of append_flush has changed');
  return body.replace(from, () => to);
}

const inserted = `
  INSERT INTO audit_entry (idx, at, id, consumer, provider, dataset, decision, code, keyid, nonce, leaf, hash)
    SELECT old_size + n - 1, e.at, e.id, e.consumer, e.provider, e.dataset, e.decision, e.code, e.keyid, e.nonce,
           convert_to(e.leaf, 'UTF8'), sha256('\\x00'::bytea || convert_to(e.leaf, 'UTF8'))
      FROM unnest(
        string_to_array(leaves, nl), string_to_array(ids, nl)::uuid[], string_to_array(ats, nl)::timestamptz[],
        string_to_array(consumers, nl, ''), string_to_array(providers, nl, ''), string_to_array(datasets, nl, ''),
        string_to_array(decisions, nl), string_to_array(codes, nl, ''),
        string_to_array(keyids, nl, ''), string_to_array(nonces, nl, '')
      ) WITH ORDINALITY AS e(leaf, id, at, consumer, provider, dataset, decision, code, keyid, nonce, n);
`;

const insertedPacked = `
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
`;

export const appendFlushBody = exchanged(
  exchanged(before, inserted, insertedPacked),
  '  lines text[];\n',
  '  lines text[];\n  ends int[];\n',
);

export const appendWithConsentsBody = exchanged(
  withConsentsBefore,
  'leaves, ids, ats',
  'leaves, leaf_ends, hashes, ids, ats',
);

const flushed = `
  old_size bigint, old_root bytea, old_epoch bigint,
  new_root bytea, new_frontier bytea, new_mac bytea, new_epoch bigint,
  leaves bytea, leaf_ends text, hashes bytea,
  ids text, ats text, consumers text, providers text, datasets text, decisions text, codes text, keyids text, nonces text,
  subjects text, quotas text, pointers text`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
DROP INDEX audit_entry_consumer;
DROP FUNCTION append_with_consents;
DROP FUNCTION append_flush;
CREATE FUNCTION append_flush(${flushed}
) RETURNS text LANGUAGE plpgsql AS $$${appendFlushBody}$$;
CREATE FUNCTION append_with_consents(${flushed},
  of_recipient text, of_dataset text, of_purpose text, as_of bigint, private_of uuid, private_salt bytea, private_value jsonb
) RETURNS text LANGUAGE plpgsql AS $$${appendWithConsentsBody}$$;
GRANT EXECUTE ON FUNCTION append_flush, append_with_consents TO datong_app;
  `);
}
