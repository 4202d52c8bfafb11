/** What the release walks work with. Made once by the composition root. */
import type { KeyObject } from 'node:crypto';
import type { SigningKey } from '../../../certs/signatures/index.ts';
import type { PseudonymKeys } from '../../../policies/masks/mask.ts';
import { pseudonymKeys } from '../../../policies/masks/pseudonyms/pseudonymKey.ts';
import { attemptToken, subjectToken, subjectTokens, tokenYear } from '../../log/subjects.ts';
import { subjectHashes, subjectLength } from '../../domain/subjectHash.ts';
import type { Identity } from '../../identity/identity.ts';
import type { HubKeys } from '../../platform/keys/hubKeys.ts';
import type { PageMasking } from './maskInThread.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Database, Pool } from '../../platform/database/database.ts';
import { untilAborted, type Statements } from '../../platform/database/untilAborted.ts';
import { lookups, type Lookups } from '../rows/store/lookups.ts';
import type { Sealer } from '../rows/store/sealedParts.ts';
import { sealerOf } from '../sealer.ts';
import { Semaphore } from '../../../machine/semaphore.ts';
import { CachedParts, type TakenPart } from '../live/cachedParts.ts';
import { HeldAnswers } from '../live/liveQuestion.ts';
import type { LiveProviders } from '../live/liveProviders.ts';
import type { ServiceCalls } from '../live/service/serviceCall.ts';
import type { ServicePlace } from '../live/service/servicePlace.ts';
import { LookupLimit } from './lookupLimit.ts';
import type { LookupSettings } from '../../platform/config/hubConfig.ts';
import { Twins } from './sandbox/twins.ts';
import { defaultReleaseLimits, type ReleaseLimits } from './quotas.ts';
import { PageThread } from './threads/pageThread.ts';
import { OpenStreams, type StreamLimits } from './openStreams.ts';

/** Whether files were asked for in this process that it has not looked for since. Owned by the release services, in memory: no file waits for it alone. */
class ExportsRequest {
  private waiting = false;

  get areWaiting(): boolean {
    return this.waiting;
  }

  /** The entry that opened a file stands. */
  add(): void {
    this.waiting = true;
  }

  /** Who looks for files now finds all that were asked for until here. */
  lookedFor(): void {
    this.waiting = false;
  }
}

/**
 * How many refused calls of one department about one person on one day are found by a search for the person: whoever is refused a
 * thousand times over does not fill what the person is shown. Owner of the counts, in memory; each call has its entry whatever they say.
 */
interface AttemptLimit {
  /** Whether this one still counts. @param token of the person, in the log */
  takes(department: string, token: Uint8Array, now: number): boolean;
}

export const maxAttemptsADay = 20;

const day = 86_400_000;

/** @param most persons kept; the one that was asked about longest ago is forgotten first */
export function attemptLimit(most = 50_000): AttemptLimit {
  const counts = new Map<string, number>();
  return {
    takes(department, token, now) {
      const name = `${department} ${Math.floor(now / day)} ${Buffer.from(token).toString('base64')}`;
      const count = counts.get(name) ?? 0;
      if (count >= maxAttemptsADay) return false;
      counts.delete(name);
      const oldest = counts.size >= most ? counts.keys().next().value : undefined;
      if (oldest !== undefined) counts.delete(oldest);
      counts.set(name, count + 1);
      return true;
    },
  };
}

export interface ReleaseServices {
  /** invented rows of datasets */
  readonly twins: Twins;
  readonly database: Pick<Database, 'now'> & { readonly app: Statements };
  /** for what changes together */
  readonly pool: Pool;
  /** statements of a stream: the one under way ends in the database too when nobody is left to read */
  readonly untilAborted: (signal: AbortSignal) => Statements;
  readonly streams: OpenStreams;
  readonly limits: ReleaseLimits;
  readonly report: (failure: {
    readonly exchange: string;
    readonly operation: string;
    readonly error: unknown;
  }) => void;
  readonly registry: Registry;
  /** rows by a full key value, of concurrent calls together */
  readonly lookups: Lookups;
  /** providers of live datasets, and what each call has of them */
  readonly live: LiveProviders;
  readonly held: HeldAnswers<TakenPart>;
  /** what they gave, where an agreement lets it answer again */
  readonly cached: CachedParts;
  /** services of providers: those that the operator named, and the hub's connections to them */
  readonly liveServices: { readonly places: readonly ServicePlace[]; readonly calls: ServiceCalls };
  readonly identity: Pick<Identity, 'keyInForce' | 'checkStanding'>;
  /** answers that hold many rows, few at a time: calls about one subject go before */
  readonly bulk: Semaphore;
  /** of pages of many rows */
  readonly masking: PageMasking;
  readonly attempts: AttemptLimit;
  /** persons looked up by one department in one data set */
  readonly lookupLimit: LookupLimit;
  readonly exportsAsked: ExportsRequest;
  /** of files at rest */
  readonly sealer: Sealer;
  /** of what the hub says of a file */
  readonly signing: SigningKey;
  readonly keys: {
    readonly cursor: KeyObject;
    readonly pseudonyms: PseudonymKeys;
    /** keyed hash of a person, hex: a row's `_subject` */
    readonly subjectHash: (kind: string, value: string) => string;
    /** token of a row's `_subject` for the log, under the key of the year */
    readonly logToken: (subject: Uint8Array, nowMs: number) => Uint8Array;
    /** the same of very many, one behind the other */
    readonly logTokens: (subjects: Uint8Array, nowMs: number) => Uint8Array;
    /** the same of a subject who was asked for in vain */
    readonly attemptToken: (subject: Uint8Array, nowMs: number) => Uint8Array;
  };
}

/** answers of many rows that are made at once in one process */
const bulkAtOnce = 2;

export interface ReleaseNeeds extends Pick<
  ReleaseServices,
  'registry' | 'report' | 'identity' | 'live' | 'liveServices'
> {
  readonly database: Database;
  readonly keys: Pick<HubKeys, 'cursor' | 'pseudonym' | 'subject' | 'logToken' | 'sealing' | 'hubSigning'>;
}

/**
 * @param ofStreams limits of streams, where they are not the usual ones
 * @param limits of answers and files; read at each call
 * @param ofLookups how many persons may be looked up, where it is not the usual number
 */
export function releaseServices(
  { database, registry, keys, report, identity, live, liveServices }: ReleaseNeeds,
  ofStreams: Partial<StreamLimits> = {},
  limits = defaultReleaseLimits,
  ofLookups?: LookupSettings,
): ReleaseServices {
  return {
    twins: new Twins(database.app),
    database,
    pool: database.app,
    untilAborted: (signal) => untilAborted(database.app, signal),
    streams: new OpenStreams(database.app, ofStreams),
    limits,
    report,
    registry,
    lookups: lookups(database.app),
    live,
    held: new HeldAnswers(),
    cached: new CachedParts(),
    liveServices,
    identity,
    bulk: new Semaphore(bulkAtOnce),
    masking: {
      thread: new PageThread(),
      pseudonym: keys.pseudonym,
      tokens: (year) => keys.logToken(year),
    },
    attempts: attemptLimit(),
    lookupLimit: new LookupLimit(ofLookups),
    exportsAsked: new ExportsRequest(),
    sealer: sealerOf(keys.sealing),
    signing: keys.hubSigning,
    keys: {
      cursor: keys.cursor,
      pseudonyms: pseudonymKeys(new Uint8Array(keys.pseudonym.export())),
      subjectHash: subjectHashes(keys.subject),
      logToken: (subject, now) => subjectToken(keys.logToken(tokenYear(now)), subject),
      logTokens: (subjects, now) => subjectTokens(keys.logToken(tokenYear(now)), subjects, subjectLength),
      attemptToken: (subject, now) => attemptToken(keys.logToken(tokenYear(now)), subject),
    },
  };
}
