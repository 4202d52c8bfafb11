import type { KeyObject } from 'node:crypto';
import type { PseudonymKeys } from '../../../policies/masks/mask.ts';
import type { Database } from '../../store/database.ts';
import type { Lookups } from '../../store/rows/lookups.ts';
import type { LiveRegistry } from '../registry.ts';

export interface ReleaseServices {
  readonly database: Database;
  readonly registry: LiveRegistry;
  /** rows by a full key value, of concurrent calls together */
  readonly lookups: Lookups;
  readonly keys: {
    readonly cursor: KeyObject;
    readonly pseudonyms: PseudonymKeys;
    /** token of a row's `_subject` for the log, under the key of the year */
    readonly logToken: (subject: Uint8Array, nowMs: number) => Uint8Array;
  };
}
