import type { ConsentStanding } from '../../../policies/consents/verdict.ts';
import type { Reader } from '../database/reader.ts';

/** What an agreement's consents are given for. */
export interface ConsentScope {
  readonly recipient: string;
  readonly dataset: string;
  readonly purpose: string;
}

/** A standing with the version it was read at. */
export interface KeptStanding extends ConsentStanding {
  readonly version: string;
}

/**
 * The standings of subjects, in one look.
 * @param subjects keyed hashes (32 bytes), at most 1,000
 * @returns by the hash's hex form; a subject that never consented is not in it
 */
export async function readStandings(
  reader: Reader,
  { recipient, dataset, purpose }: ConsentScope,
  subjects: readonly Uint8Array[],
): Promise<Map<string, KeptStanding>> {
  const { rows } = await reader.query<{
    subject: string;
    consent: string;
    state: 'given' | 'withdrawn';
    collectedBy: string;
    fields: string[];
    from: number;
    until: number;
    max: number | null;
    uses: number;
    guardian: string | null;
    version: string;
  }>(
    `SELECT encode(s.subject, 'hex') AS subject, s.consent, s.state, s.collected_by AS "collectedBy", s.fields, s.uses, s.max_uses AS max, s.version::text AS version,
            encode(s.guardian, 'hex') AS guardian, (extract(epoch FROM s.not_before) * 1000)::double precision AS from,
            (extract(epoch FROM s.until) * 1000)::double precision AS until
       FROM unnest($1::bytea[]) AS wanted (subject) JOIN consent_standing AS s USING (subject)
      WHERE s.recipient = $2 AND s.dataset = $3 AND s.purpose = $4`,
    [subjects.map((subject) => Buffer.from(subject)), recipient, dataset, purpose],
  );
  return new Map(
    rows.map(({ subject, from, max, guardian, ...row }) => [
      subject,
      { ...row, notBefore: from, maxUses: max ?? undefined, guardian: guardian ?? undefined },
    ]),
  );
}
