import type { Reader } from '../../../platform/database/reader.ts';

/** A consent as those concerned may see it. */
export interface ConsentRow {
  readonly id: string;
  readonly jws: string;
  /** keyed hash of the subject, hex */
  readonly subject: string;
  readonly recipient: string;
  readonly provider: string;
  readonly dataset: string;
  readonly collectedBy: string;
  /** replaced: not withdrawn itself, and nothing stands on it any more: a newer consent or withdrawal took its place */
  readonly state: 'given' | 'replaced' | 'withdrawn';
  /** Unix milliseconds */
  readonly givenAt: number;
  readonly withdrawnAt: number | null;
}

const select = `SELECT c.id, c.jws, encode(c.subject, 'hex') AS subject, c.recipient, c.provider, c.dataset,
    c.collected_by AS "collectedBy",
    CASE WHEN w.at IS NOT NULL THEN 'withdrawn'
         WHEN EXISTS (SELECT FROM consent_standing AS s WHERE s.consent = c.id AND s.state = 'given') THEN 'given'
         ELSE 'replaced' END AS state,
    (extract(epoch FROM g.at) * 1000)::double precision AS "givenAt",
    (extract(epoch FROM w.at) * 1000)::double precision AS "withdrawnAt"
  FROM consent AS c
  JOIN consent_event AS g ON g.consent = c.id AND g.type = 'given'
  LEFT JOIN consent_event AS w ON w.consent = c.id AND w.type = 'withdrawn'`;

export async function consentById(reader: Reader, id: string): Promise<ConsentRow | undefined> {
  const { rows } = await reader.query<ConsentRow>(`${select} WHERE c.id = $1`, [id]);
  return rows[0];
}

/**
 * Consents about one subject that name a department as collector, recipient or provider, the newest first: those of others do not count
 * towards the most.
 * @param subject keyed hash, 32 bytes
 */
export async function consentsAbout(
  reader: Reader,
  subject: Uint8Array,
  department: string,
  most: number,
): Promise<ConsentRow[]> {
  const { rows } = await reader.query<ConsentRow>(
    `${select} WHERE c.subject = $1 AND $2 IN (c.collected_by, c.recipient, c.provider) ORDER BY g.at DESC LIMIT $3`,
    [Buffer.from(subject), department, most],
  );
  return rows;
}

/** Consents about one subject, whoever is concerned, the newest first. @param subject keyed hash, 32 bytes */
export async function consentsOfSubject(
  reader: Reader,
  subject: Uint8Array,
  most: number,
): Promise<ConsentRow[]> {
  const { rows } = await reader.query<ConsentRow>(
    `${select} WHERE c.subject = $1 ORDER BY g.at DESC LIMIT $2`,
    [Buffer.from(subject), most],
  );
  return rows;
}
