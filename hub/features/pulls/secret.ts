/** The password of a department's database: sealed on receipt, opened only to connect. */
import type { PullRow } from './store/pulls.ts';
import type { Sealer } from '../../flows/rows/store/sealedParts.ts';

const contextOf = (dataset: string): string => `pull of ${dataset}`;

export const sealSecret = (sealer: Sealer, dataset: string, password: string): Buffer =>
  Buffer.from(sealer.seal(Buffer.from(password, 'utf8'), contextOf(dataset)));

/** @throws Problem sealed_bytes_damaged, also if it was sealed for another dataset */
export const openSecret = (
  sealer: Sealer,
  { dataset, secret }: Pick<PullRow, 'dataset' | 'secret'>,
): string => Buffer.from(sealer.open(secret, contextOf(dataset))).toString('utf8');
