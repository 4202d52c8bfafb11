/** What every registration shares: the same content again changes nothing, other content under the same name is refused. */
import { createHash } from 'node:crypto';
import { canonicalText } from '../../../schemas/canonicalText.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Transaction } from '../../store/transaction.ts';
import type { ManagedOutcome } from '../managed.ts';

/** Hex SHA-256 of the canonical text of a document. */
export const digestOf = (document: unknown): string =>
  createHash('sha256').update(canonicalText(document)).digest('hex');

export interface Registration {
  readonly kind: 'CodeList' | 'Purpose' | 'Schema' | 'Dataset' | 'Mapping';
  readonly id: string;
  readonly version?: string;
  readonly digest: string;
  /** digest of what stands under this name already */
  readonly registered: string | undefined;
  /** whether the name holds a version, which may never change */
  readonly versioned: boolean;
  readonly work: (transaction: Transaction) => Promise<void>;
  /** further names and codes for the entry */
  readonly change?: Readonly<Record<string, string | number | boolean>>;
}

/** @throws Problem version_exists, already_registered */
export function registered(registration: Registration): ManagedOutcome {
  const { kind, id, version, digest } = registration;
  const name = version === undefined ? id : `${id}@${version}`;
  if (registration.registered !== undefined && registration.registered !== digest) {
    throw new Problem(registration.versioned ? 'version_exists' : 'already_registered', {
      what: `${kind} ${name}`,
    });
  }
  const changed = registration.registered === undefined;
  const body = { kind, id, ...(version === undefined ? {} : { version }), changed, digest };
  return {
    status: changed ? 201 : 200,
    body,
    facts: { kind: 'management', change: { ...body, ...registration.change } },
    ...(changed ? { work: onceOnly(registration.work, `${kind} ${name}`) } : {}),
    // every process reads its registries again
    bumpsEpoch: changed,
    fenced: changed,
  };
}

/** Two calls at once: the second finds the row there. @throws Problem already_registered */
function onceOnly(work: Registration['work'], what: string): (transaction: Transaction) => Promise<void> {
  return async (transaction) => {
    try {
      await work(transaction);
    } catch (error) {
      if ((error as { code?: unknown }).code === '23505') {
        throw new Problem('already_registered', { what }, { cause: error });
      }
      throw error;
    }
  };
}
