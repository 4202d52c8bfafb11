/** The documents and registries of past decisions, by digest and epoch: stored for later repetition of decisions. */
import { createHash } from 'node:crypto';
import type { PolicyReading } from '../../../../policies/standingPlans.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** Stores a snapshot's policy under its epoch; existing rows remain. */
export async function storePolicyReading(
  reader: Reader,
  epoch: number,
  { policy, lines, registries }: PolicyReading,
): Promise<void> {
  const digest = createHash('sha256').update(registries).digest('hex');
  await reader.query('INSERT INTO policy_set (policy, lines) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    policy,
    [...lines],
  ]);
  await reader.query('INSERT INTO policy_registries (digest, text) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    digest,
    registries,
  ]);
  await reader.query(
    'INSERT INTO policy_reading (epoch, policy, registries) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [epoch, policy, digest],
  );
}

export interface StoredReading {
  readonly policy: string;
  readonly epoch: number;
  /** hex SHA-256 of the registries' text */
  readonly registries: string;
}

/** The stored readings of these sets, by epoch. */
export async function readingsOf(reader: Reader, policies: readonly string[]): Promise<StoredReading[]> {
  const { rows } = await reader.query<StoredReading>(
    `SELECT policy, epoch::double precision AS epoch, registries FROM policy_reading
      WHERE policy = ANY($1) ORDER BY policy, epoch, registries`,
    [[...policies]],
  );
  return rows;
}

/** Policy → name and digest of each of its documents. */
export async function linesOfSets(
  reader: Reader,
  policies: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await reader.query<{ policy: string; lines: string[] }>(
    'SELECT policy, lines FROM policy_set WHERE policy = ANY($1)',
    [[...policies]],
  );
  return new Map(rows.map(({ policy, lines }) => [policy, lines]));
}

type Texts = (reader: Reader, digests: readonly string[]) => Promise<ReadonlyMap<string, string>>;

const textsIn =
  (table: 'policy_registries' | 'policy_document'): Texts =>
  async (reader, digests) => {
    const { rows } = await reader.query<{ digest: string; text: string }>(
      `SELECT digest, text FROM ${table} WHERE digest = ANY($1)`,
      [[...digests]],
    );
    return new Map(rows.map(({ digest, text }) => [digest, text]));
  };

/** Digest → text of the registries. */
export const registriesTexts = textsIn('policy_registries');

/** Digest → canonical text of the documents. */
export const documentTexts = textsIn('policy_document');
