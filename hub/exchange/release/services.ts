/** What the release walks work with. Made once by the composition root. */
import type { KeyObject } from 'node:crypto';
import type { PseudonymKeys } from '../../../policies/masks/mask.ts';
import { pseudonymKeys } from '../../../policies/masks/pseudonyms/pseudonymKey.ts';
import { attemptToken, subjectToken, tokenYear } from '../../audit/subjects.ts';
import { subjectHash } from '../../domain/subjectHash.ts';
import type { HubKeys } from '../../keys/hubKeys.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Database } from '../../store/database/database.ts';
import { lookups, type Lookups } from '../../store/rows/lookups.ts';
import { Semaphore } from '../semaphore.ts';
import { attemptLimit, type AttemptLimit } from './attemptLimit.ts';

export interface ReleaseServices {
  readonly database: Database;
  readonly registry: Registry;
  /** rows by a full key value, of concurrent calls together */
  readonly lookups: Lookups;
  /** answers that hold many rows, few at a time: calls about one subject go before */
  readonly bulk: Semaphore;
  readonly attempts: AttemptLimit;
  readonly keys: {
    readonly cursor: KeyObject;
    readonly pseudonyms: PseudonymKeys;
    /** keyed hash of a person, hex: a row's `_subject` */
    readonly subjectHash: (kind: string, value: string) => string;
    /** token of a row's `_subject` for the log, under the key of the year */
    readonly logToken: (subject: Uint8Array, nowMs: number) => Uint8Array;
    /** the same of a subject who was asked for in vain */
    readonly attemptToken: (subject: Uint8Array, nowMs: number) => Uint8Array;
  };
}

/** answers of many rows that are made at once in one process */
const bulkAtOnce = 2;

export interface ReleaseNeeds extends Pick<ReleaseServices, 'database' | 'registry'> {
  readonly keys: Pick<HubKeys, 'cursor' | 'pseudonym' | 'subject' | 'logToken'>;
}

export function releaseServices({ database, registry, keys }: ReleaseNeeds): ReleaseServices {
  return {
    database,
    registry,
    lookups: lookups(database.app),
    bulk: new Semaphore(bulkAtOnce),
    attempts: attemptLimit(),
    keys: {
      cursor: keys.cursor,
      pseudonyms: pseudonymKeys(new Uint8Array(keys.pseudonym.export())),
      subjectHash: (kind, value) => subjectHash(keys.subject, kind, value),
      logToken: (subject, now) => subjectToken(keys.logToken(tokenYear(now)), subject),
      attemptToken: (subject, now) => attemptToken(keys.logToken(tokenYear(now)), subject),
    },
  };
}
