import { subjectLength } from '../../domain/subjectHash.ts';
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

/**
 * The subjects go as one value, hash behind hash; what stands comes as one text: a row of its own for each standing would cost more than to
 * find it. Nothing in it holds a tab or a line feed: ids and departments are slugs, fields are names of a schema. What few standings have
 * stands behind the others with a letter before it, and costs nothing where it is missing.
 */
const text = `
SELECT (SELECT version FROM consent_standing WHERE recipient = $2 AND dataset = $3 AND purpose = $4 ORDER BY version DESC LIMIT 1)::text AS newest,
       (SELECT string_agg(concat_ws(E'\\t', n, version, uses, consent, state, collected_by,
                          date_part('epoch', not_before), date_part('epoch', until), array_to_string(fields, ','),
                          'u' || max_uses, 'g' || encode(guardian, 'hex'), 'r' || retention), E'\\n')
          FROM generate_series(1, length($1::bytea) / ${subjectLength}) AS n JOIN consent_standing AS s ON s.subject = substr($1, (n - 1) * ${subjectLength} + 1, ${subjectLength})
         WHERE s.recipient = $2 AND s.dataset = $3 AND s.purpose = $4) AS found`;
const question = { name: 'read_standings', text };

/**
 * Keyed hashes one behind the other. Each is looked at: of two that are too short and too long by as much, nothing would be seen behind.
 * @throws TypeError for a hash of another length than 32 bytes
 */
export function packHashes(hashes: readonly Uint8Array[]): Buffer {
  if (hashes.some(({ length }) => length !== subjectLength)) throw new TypeError('a keyed hash has 32 bytes');
  return Buffer.concat(hashes, hashes.length * subjectLength);
}

/**
 * The standings of subjects, in one look.
 * @param subjects keyed hashes (`packHashes`), at most 1,000
 * @returns in the order of the subjects; undefined for one that never consented
 * @throws TypeError where the last hash is not whole
 */
export async function readStandings(
  reader: Statements,
  { recipient, dataset, purpose }: ConsentScope,
  subjects: Uint8Array,
): Promise<readonly (KeptStanding | undefined)[]> {
  if (subjects.length % subjectLength !== 0) throw new TypeError('a keyed hash has 32 bytes');
  const standings = new Array<KeptStanding | undefined>(subjects.length / subjectLength).fill(undefined);
  if (subjects.length === 0) return standings;
  const { rows } = await reader.query<{ newest: string | null; found: string | null }>({
    ...question,
    values: [subjects, recipient, dataset, purpose],
  });
  const [{ newest, found } = { newest: null, found: null }] = rows;
  const asOf = BigInt(newest ?? 0);
  const known = new Map<string, Terms>();
  for (let at = 0; found !== null && at < found.length;) {
    const behindN = found.indexOf('\t', at);
    const behindVersion = found.indexOf('\t', behindN + 1);
    const behindUses = found.indexOf('\t', behindVersion + 1);
    const behindConsent = found.indexOf('\t', behindUses + 1);
    const feed = found.indexOf('\n', behindConsent);
    const end = feed < 0 ? found.length : feed;
    const rest = found.slice(behindConsent + 1, end);
    let terms = known.get(rest);
    if (terms === undefined) known.set(rest, (terms = termsIn(rest)));
    standings[Number(found.slice(at, behindN)) - 1] = {
      consent: found.slice(behindUses + 1, behindConsent),
      state: terms.state,
      collectedBy: terms.collectedBy,
      fields: terms.fields,
      notBefore: terms.notBefore,
      until: terms.until,
      maxUses: terms.maxUses,
      uses: Number(found.slice(behindVersion + 1, behindUses)),
      guardian: terms.guardian,
      retention: terms.retention,
      version: found.slice(behindN + 1, behindVersion),
      asOf,
    };
    at = end + 1;
  }
  return standings;
}

function termsIn(text: string): Terms {
  const [state, collectedBy = '', notBefore, until, fields = '', ...few] = text.split('\t');
  const marked = (letter: string): string | undefined =>
    few.find((one) => one.startsWith(letter))?.slice(letter.length);
  const maxUses = marked('u');
  return {
    state: state === 'given' ? 'given' : 'withdrawn',
    collectedBy,
    notBefore: milliseconds(notBefore),
    until: milliseconds(until),
    maxUses: maxUses === undefined ? undefined : Number(maxUses),
    guardian: marked('g'),
    retention: marked('r'),
    fields: fields === '' ? [] : fields.split(','),
  };
}

/** Of seconds with their fraction; the store keeps microseconds. */
const milliseconds = (seconds: string | undefined): number => Math.round(Number(seconds) * 1e6) / 1e3;
