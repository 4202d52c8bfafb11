/** The rule of every registration: the same content again changes nothing, and other content under the same name is refused. */
import type { KindWord, NamedThing } from '../../../../terms/factWords.ts';
import { createHash } from 'node:crypto';
import { canonicalText } from '../../../../schemas/readJson.ts';
import type { SchemaVersionState } from '../../../domain/schemaVersion.ts';
import { Problem } from '../../../../terms/problem.ts';
import { isDuplicate } from '../../../platform/database/failure.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { allowedJson, type AllowedOutcome, type Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Services } from '../../common/services.ts';
import { defined } from '../../../../terms/defined.ts';

/** Hex SHA-256 of the canonical text of a document. */
export const digestOf = (document: unknown): string =>
  createHash('sha256').update(canonicalText(document)).digest('hex');

/**
 * The revision number of a document in the office's registers, from 1. The same content again has the number of the newest revision. Other
 * content, or content whose term is over, gets the next number.
 * @param newest the newest revision, undefined where there is none
 */
export function revisionOf(
  document: unknown,
  newest: { readonly digest: string; readonly revision: number; readonly over: boolean } | undefined,
): { readonly revision: number; readonly digest: string; readonly registered: string | undefined } {
  const digest = digestOf(document);
  if (newest === undefined) return { revision: 1, digest, registered: undefined };
  const again = newest.digest === digest && !newest.over;
  return { revision: newest.revision + (again ? 0 : 1), digest, registered: again ? digest : undefined };
}

export interface Registration {
  readonly kind:
    | 'CodeList'
    | 'Withdrawal'
    | 'Purpose'
    | 'Notice'
    | 'Procedure'
    | 'Schema'
    | 'Dataset'
    | 'Mapping'
    | 'Pull'
    | 'LiveService'
    | 'PersonService'
    | 'ViewDelay'
    | 'LegalHold'
    | 'LogKey'
    | 'Authority'
    | 'Erasure'
    | 'RetentionRule'
    | 'Destruction'
    | 'Restoration'
    | 'CatalogueEntry'
    | 'CatalogueImport'
    | 'Matter'
    | 'RequestTemplate'
    | 'ElementSource'
    | 'PaperConsent'
    | 'Approval'
    | 'StandIn'
    | 'Topic'
    | 'ResponsePlan';
  readonly id: string;
  readonly version?: string;
  readonly digest: string;
  /** digest of what is registered under this name already */
  readonly registered: string | undefined;
  /** whether the name includes a version, whose content may never change */
  readonly versioned: boolean;
  /** the state it gets, for kinds with a life cycle; absent: it is in effect */
  readonly state?: SchemaVersionState;
  readonly work: (transaction: Transaction) => Promise<void>;
  /** further names and codes for the entry */
  readonly change?: Readonly<Record<string, string | number | boolean>>;
}

/** The answer to a registration. */
export interface Registered {
  readonly kind: KindWord;
  readonly id: string;
  readonly version?: string;
  readonly changed: boolean;
  readonly digest: string;
  readonly state?: string;
}

/** @throws Problem version_exists, already_registered */
export function registered(registration: Registration): AllowedOutcome {
  const { kind, id, version, digest, state } = registration;
  const name = version === undefined ? id : `${id}@${version}`;
  if (registration.registered !== undefined && registration.registered !== digest) {
    throw new Problem(registration.versioned ? 'version_exists' : 'already_registered', {
      what: `${kind} ${name}`,
    });
  }
  const changed = registration.registered === undefined;
  const body: Registered = {
    kind,
    id,
    ...defined({ version }),
    changed,
    digest,
    ...defined({ state }),
  };
  return allowedJson(changed ? (state === 'inReview' ? 202 : 201) : 200, body, {
    facts: { change: { ...body, ...asLogged(registration.change) } },
    work: changed ? onceOnly(registration.work, `${kind} ${name}`) : undefined,
    // every process reads its registries again
    bumpsEpoch: changed && (state === undefined || state === 'published'),
  });
}

/** A log leaf holds no fractions: they are logged as text. */
const asLogged = (change: Registration['change'] = {}): Readonly<Record<string, string | number | boolean>> =>
  Object.fromEntries(
    Object.entries(change).map(([name, value]) => [
      name,
      typeof value === 'number' && !Number.isSafeInteger(value) ? String(value) : value,
    ]),
  );

/** Reports a concurrent registration: the second of two calls finds the row there. @throws Problem already_registered */
function onceOnly(work: Registration['work'], what: NamedThing): (transaction: Transaction) => Promise<void> {
  return async (transaction) => {
    try {
      await work(transaction);
    } catch (error) {
      throw isDuplicate(error) ? new Problem('already_registered', { what }, { cause: error }) : error;
    }
  };
}

/** The persons who acted in a registration. */
export interface ActingPersons {
  readonly author: string;
  /** who accepted it for its owner; null where no approval was needed */
  readonly approver: string | null;
}

/** A registration that another person must approve first. */
export interface Requested {
  /** the name it is returned under while it waits */
  readonly registered: Registered;
  /** whether the security officer must approve it */
  readonly needsOfficer: boolean;
  /** the stored content, which the approver is shown and agrees to */
  readonly body: object;
}

/** Checks a registration and describes what it would do. The caller does it at once, or stores it as a proposal. */
export type Registrar = (
  call: Call<StaffCaller>,
  services: Services,
  actingPersons: ActingPersons,
) => Promise<AllowedOutcome & { readonly asks?: Requested }>;
