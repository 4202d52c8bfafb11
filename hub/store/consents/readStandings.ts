import type { ConsentStanding } from '../../../policies/consents/verdict.ts';
import type { Statements } from '../database/untilAborted.ts';

/** What an agreement's consents are given for. */
export interface ConsentScope {
  readonly recipient: string;
  readonly dataset: string;
  readonly purpose: string;
}

/** A standing as it was read. */
export interface KeptStanding extends ConsentStanding {
  readonly version: string;
  /** the newest version in the scope when it was read: whatever changed since has a greater one */
  readonly asOf: bigint;
}

/** What many standings have in common: read once, known again by its text. */
type Terms = Pick<
  ConsentStanding,
  'state' | 'collectedBy' | 'notBefore' | 'until' | 'maxUses' | 'guardian' | 'retention' | 'fields'
>;

/** Bytes of a subject's keyed hash. */
const width = 32;

/**
 * The subjects go as one value, hash behind hash; what stands comes as one text: a row of its own for each standing would cost more than to
 * find it. Nothing in it holds a tab or a line feed: ids and departments are slugs, fields are names of a schema.
 */
const text = `
SELECT (SELECT version FROM consent_standing WHERE recipient = $2 AND dataset = $3 AND purpose = $4 ORDER BY version DESC LIMIT 1)::text AS newest,
       (SELECT string_agg(concat_ws(E'\\t', n, version, uses, consent, state, collected_by,
                          date_part('epoch', not_before) * 1000, date_part('epoch', until) * 1000, coalesce(max_uses::text, ''),
                          coalesce(encode(guardian, 'hex'), ''), coalesce(retention, ''), array_to_string(fields, ',')), E'\\n')
          FROM generate_series(1, length($1::bytea) / ${width}) AS n JOIN consent_standing AS s ON s.subject = substr($1, (n - 1) * ${width} + 1, ${width})
         WHERE s.recipient = $2 AND s.dataset = $3 AND s.purpose = $4) AS found`;
const question = { name: 'read_standings', text };

/**
 * The standings of subjects, in one look.
 * @param subjects keyed hashes (32 bytes), at most 1,000
 * @returns in the order of the subjects; undefined for one that never consented
 * @throws TypeError for a hash of another length
 */
export async function readStandings(
  reader: Statements,
  { recipient, dataset, purpose }: ConsentScope,
  subjects: readonly Uint8Array[],
): Promise<readonly (KeptStanding | undefined)[]> {
  const standings = new Array<KeptStanding | undefined>(subjects.length).fill(undefined);
  if (subjects.length === 0) return standings;
  if (subjects.some(({ length }) => length !== width)) throw new TypeError('a keyed hash has 32 bytes');
  const { rows } = await reader.query<{ newest: string | null; found: string | null }>({
    ...question,
    values: [Buffer.concat(subjects, subjects.length * width), recipient, dataset, purpose],
  });
  const [{ newest, found } = { newest: null, found: null }] = rows;
  const asOf = BigInt(newest ?? 0);
  const known = new Map<string, Terms>();
  for (const line of found === null ? [] : found.split('\n')) {
    const [n, version = '', uses, consent = ''] = line.split('\t', 4);
    const rest = line.slice(placeBehind(line, 4));
    let terms = known.get(rest);
    if (terms === undefined) known.set(rest, (terms = termsIn(rest)));
    standings[Number(n) - 1] = {
      consent,
      state: terms.state,
      collectedBy: terms.collectedBy,
      fields: terms.fields,
      notBefore: terms.notBefore,
      until: terms.until,
      maxUses: terms.maxUses,
      uses: Number(uses),
      guardian: terms.guardian,
      retention: terms.retention,
      version,
      asOf,
    };
  }
  return standings;
}

/** Where a line goes on behind so many tabs. */
function placeBehind(line: string, tabs: number): number {
  let place = 0;
  for (let tab = 0; tab < tabs; tab += 1) place = line.indexOf('\t', place) + 1;
  return place;
}

function termsIn(text: string): Terms {
  const [
    state,
    collectedBy = '',
    notBefore,
    until,
    maxUses = '',
    guardian = '',
    retention = '',
    fields = '',
  ] = text.split('\t');
  return {
    state: state === 'given' ? 'given' : 'withdrawn',
    collectedBy,
    notBefore: Number(notBefore),
    until: Number(until),
    maxUses: maxUses === '' ? undefined : Number(maxUses),
    guardian: guardian === '' ? undefined : guardian,
    retention: retention === '' ? undefined : retention,
    fields: fields === '' ? [] : fields.split(','),
  };
}
