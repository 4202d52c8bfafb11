/**
 * Tokens of persons come to the flush as one array in binary form, those of one entry behind those of the other: reading 4,000 of them from
 * a text took longer than all else that the database does for their entry. A line of `subjects` says which of them are an entry's.
 */
import type { Knex } from 'knex';
import {
  appendFlushBody as before,
  appendWithConsentsBody as withConsentsBefore,
} from './226_packed_leaves.ts';

/** Puts one stretch of a body in the place of another. */
function exchanged(body: string, from: string, to: string): string {
  if (!body.includes(from)) throw new Error('a body of append_flush has changed');
  return body.replace(from, () => to);
}

const asText = `
  -- place in this flush, salt, tokens as array literal
  IF subjects <> '' THEN
    INSERT INTO audit_subject (idx, salt, tokens)
      SELECT old_size + f[1]::bigint, decode(f[2], 'hex'), f[3]::bytea[]
        FROM (SELECT string_to_array(line, E'\\t') AS f FROM unnest(string_to_array(subjects, nl)) AS line) AS split;
  END IF;
`;

const asArray = `
  -- place in this flush, salt, the first and the last of its tokens among them all; nothing over
  IF coalesce(cardinality(persons), 0) <> coalesce(nullif(split_part(subjects, E'\\t', -1), ''), '0')::int THEN
    RAISE EXCEPTION 'tokens and entries of a flush do not fit each other';
  END IF;
  IF subjects <> '' THEN
    INSERT INTO audit_subject (idx, salt, tokens)
      SELECT old_size + f[1]::bigint, decode(f[2], 'hex'), persons[f[3]::int : f[4]::int]
        FROM (SELECT string_to_array(line, E'\\t') AS f FROM unnest(string_to_array(subjects, nl)) AS line) AS split;
  END IF;
`;

export const appendFlushBody = exchanged(before, asText, asArray);

export const appendWithConsentsBody = exchanged(
  withConsentsBefore,
  'subjects, quotas',
  'subjects, persons, quotas',
);

const flushed = `
  old_size bigint, old_root bytea, old_epoch bigint,
  new_root bytea, new_frontier bytea, new_mac bytea, new_epoch bigint,
  leaves bytea, leaf_ends text, hashes bytea,
  ids text, ats text, consumers text, providers text, datasets text, decisions text, codes text, keyids text, nonces text,
  subjects text, persons bytea[], quotas text, pointers text`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
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
