import type { ConsentStanding } from '../../../policies/consents/verdict.ts';
import type { Reader } from '../database/reader.ts';

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
type Terms = Omit<ConsentStanding, 'consent' | 'uses' | 'guardian'>;

interface Found {
  /** place of the subject in the question, from 1 */
  readonly n: number;
  readonly consent: string;
  readonly version: string;
  readonly uses: number;
  readonly guardian: string | null;
  readonly terms: string;
  readonly newest: string;
}

const question = `
SELECT n::integer, consent, version::text, uses, encode(guardian, 'hex') AS guardian,
       concat_ws(E'\\t', state, collected_by, date_part('epoch', not_before) * 1000, date_part('epoch', until) * 1000,
                 coalesce(max_uses::text, ''), array_to_string(fields, ',')) AS terms,
       (SELECT version FROM consent_standing WHERE recipient = $2 AND dataset = $3 AND purpose = $4 ORDER BY version DESC LIMIT 1)::text AS newest
  FROM unnest($1::bytea[]) WITH ORDINALITY AS wanted (subject, n) JOIN consent_standing AS s USING (subject)
 WHERE s.recipient = $2 AND s.dataset = $3 AND s.purpose = $4`;

/**
 * The standings of subjects, in one look.
 * @param subjects keyed hashes (32 bytes), each once, at most 1,000
 * @returns in the order of the subjects; undefined for one that never consented
 */
export async function readStandings(
  reader: Reader,
  { recipient, dataset, purpose }: ConsentScope,
  subjects: readonly Uint8Array[],
): Promise<readonly (KeptStanding | undefined)[]> {
  const { rows } = await reader.query<Found>(question, [subjects.map(viewOf), recipient, dataset, purpose]);
  const asOf = BigInt(rows[0]?.newest ?? 0);
  const known = new Map<string, Terms>();
  const standings = new Array<KeptStanding | undefined>(subjects.length).fill(undefined);
  for (const { n, consent, version, uses, guardian, terms: text } of rows) {
    let terms = known.get(text);
    if (terms === undefined) known.set(text, (terms = termsIn(text)));
    standings[n - 1] = { ...terms, consent, version, uses, guardian: guardian ?? undefined, asOf };
  }
  return standings;
}

function termsIn(text: string): Terms {
  const [state, collectedBy = '', notBefore, until, maxUses = '', fields = ''] = text.split('\t');
  return {
    state: state === 'given' ? 'given' : 'withdrawn',
    collectedBy,
    notBefore: Number(notBefore),
    until: Number(until),
    maxUses: maxUses === '' ? undefined : Number(maxUses),
    fields: fields === '' ? [] : fields.split(','),
  };
}

const viewOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
