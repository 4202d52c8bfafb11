import type { KeyObject } from 'node:crypto';
import type { PseudonymKeys } from '../../../policies/masks/mask.ts';
import type { Database } from '../../store/database/database.ts';
import type { Semaphore } from '../semaphore.ts';
import type { Lookups } from '../../store/rows/lookups.ts';
import type { Registry } from '../../registry/registry.ts';

export interface ReleaseServices {
  readonly database: Database;
  readonly registry: Registry;
  /** rows by a full key value, of concurrent calls together */
  readonly lookups: Lookups;
  /** answers that hold many rows, few at a time: calls about one subject go before */
  readonly bulk: Semaphore;
  readonly keys: {
    readonly cursor: KeyObject;
    readonly pseudonyms: PseudonymKeys;
    /** keyed hash of a person, hex: a row's `_subject` */
    readonly subjectHash: (kind: string, value: string) => string;
    /** token of a row's `_subject` for the log, under the key of the year */
    readonly logToken: (subject: Uint8Array, nowMs: number) => Uint8Array;
  };
}
