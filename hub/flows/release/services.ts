/** The services of the release flows. Created once by the composition root. */
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
import { Renditions } from '../attachments/rendition.ts';
import { AttachmentStorages } from '../attachments/storage.ts';
import { databaseStorage } from '../attachments/store/databaseStorage.ts';
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
import { ChangeWaits } from './changes/changeWaits.ts';
import { OpenStreams, type StreamLimits } from './openStreams.ts';

/**
 * Whether this process received file requests since it last looked for them. Owned by the release services, in memory; a file never
 * depends on it alone.
 */
class ExportsRequest {
  private waiting = false;

  get areWaiting(): boolean {
    return this.waiting;
  }

  /** Called once the entry that opens a file is durable. */
  add(): void {
    this.waiting = true;
  }

  /** Called before the job looks for files: it finds all that were requested so far. */
  lookedFor(): void {
    this.waiting = false;
  }
}

/**
 * Limits how many refused calls of one department about one person on one day a search for the person finds. Many refused calls thus
 * cannot flood the records shown to the person. Owns the counts, in memory; each call gets its entry in any case.
 */
interface AttemptLimit {
  /** Whether this call still counts. @param token of the person, in the log */
  takes(department: string, token: Uint8Array, now: number): boolean;
}

export const maxAttemptsADay = 20;

const day = 86_400_000;

/** @param maxPersons maximum number of persons in memory; the least recently requested one is evicted first */
export function attemptLimit(maxPersons = 50_000): AttemptLimit {
  const counts = new Map<string, number>();
  return {
    takes(department, token, now) {
      const name = `${department} ${Math.floor(now / day)} ${Buffer.from(token).toString('base64')}`;
      const count = counts.get(name) ?? 0;
      if (count >= maxAttemptsADay) return false;
      counts.delete(name);
      const oldest = counts.size >= maxPersons ? counts.keys().next().value : undefined;
      if (oldest !== undefined) counts.delete(oldest);
      counts.set(name, count + 1);
      return true;
    },
  };
}

export interface ReleaseServices {
  /** synthetic rows of datasets */
  readonly twins: Twins;
  readonly database: Pick<Database, 'now'> & { readonly app: Statements };
  /** for changes in one transaction */
  readonly pool: Pool;
  /** statements of a stream: the running one is also cancelled in the database when the reader has disconnected */
  readonly untilAborted: (signal: AbortSignal) => Statements;
  readonly streams: OpenStreams;
  /** calls of feeds that wait for changes */
  readonly changeWaits: ChangeWaits;
  readonly limits: ReleaseLimits;
  readonly report: (failure: {
    readonly exchange: string;
    readonly operation: string;
    readonly error: unknown;
  }) => void;
  readonly registry: Registry;
  /** rows by a full key value, batched over concurrent calls */
  readonly lookups: Lookups;
  /** providers of live datasets, and their answers by call */
  readonly live: LiveProviders;
  readonly held: HeldAnswers<TakenPart>;
  /** their answers, where an agreement allows reuse */
  readonly cached: CachedParts;
  /** services of providers: those configured by the operator, and the hub's connections to them */
  readonly liveServices: { readonly places: readonly ServicePlace[]; readonly calls: ServiceCalls };
  readonly identity: Pick<Identity, 'keyInForce' | 'checkAuthorised'>;
  /** limits concurrent answers with many rows: calls about one subject take precedence */
  readonly bulk: Semaphore;
  /** masking of pages of many rows */
  readonly masking: PageMasking;
  readonly attempts: AttemptLimit;
  /** limit of persons that one department looks up in one dataset */
  readonly lookupLimit: LookupLimit;
  readonly exportsAsked: ExportsRequest;
  readonly attachments: AttachmentStorages;
  readonly renditions: Renditions;
  /** for files at rest */
  readonly sealer: Sealer;
  /** signs the hub's statements about a file */
  readonly signing: SigningKey;
  readonly keys: {
    readonly cursor: KeyObject;
    readonly pseudonyms: PseudonymKeys;
    /** keyed hash of a person, hex: a row's `_subject` */
    readonly subjectHash: (kind: string, value: string) => string;
    /** token of a row's `_subject` for the log, under the key of the year */
    readonly logToken: (subject: Uint8Array, nowMs: number) => Uint8Array;
    /** the same for very many subjects, concatenated */
    readonly logTokens: (subjects: Uint8Array, nowMs: number) => Uint8Array;
    /** the same for a subject that was looked up without a match */
    readonly attemptToken: (subject: Uint8Array, nowMs: number) => Uint8Array;
  };
}

/** answers with many rows that are generated concurrently in one process */
const bulkAtOnce = 2;

export interface ReleaseNeeds extends Pick<
  ReleaseServices,
  'registry' | 'report' | 'identity' | 'live' | 'liveServices'
> {
  readonly database: Database;
  /** absent: the database */
  readonly attachments?: AttachmentStorages;
  readonly keys: Pick<HubKeys, 'cursor' | 'pseudonym' | 'subject' | 'logToken' | 'sealing' | 'hubSigning'>;
}

/**
 * @param ofStreams limits of streams, where they differ from the defaults
 * @param limits of answers and files; read at each call
 * @param ofLookups how many persons may be looked up, where it differs from the default
 */
export function releaseServices(
  { database, registry, keys, report, identity, live, liveServices, attachments }: ReleaseNeeds,
  ofStreams: Partial<StreamLimits> = {},
  limits = defaultReleaseLimits,
  ofLookups?: LookupSettings,
): ReleaseServices {
  const storages = attachments ?? new AttachmentStorages(databaseStorage(database.app));
  return {
    twins: new Twins(database.app),
    database,
    pool: database.app,
    untilAborted: (signal) => untilAborted(database.app, signal),
    streams: new OpenStreams(database.app, ofStreams),
    changeWaits: new ChangeWaits(database.app),
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
    attachments: storages,
    renditions: new Renditions(storages.images),
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
