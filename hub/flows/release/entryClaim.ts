/**
 * What an answer does with its entry in addition to being recorded: the consents it is based on, and what the entry commits to separately
 * from its leaf.
 */
import type { Commitment } from '../../../log/leaf.ts';
import { commitmentTo } from '../../../log/commitment.ts';
import type { AtOnce } from '../../log/draft.ts';
import { newSalt } from '../../../machine/newKeyPair.ts';
import type { CanonicalValue } from '../../../terms/canonicalJson.ts';
import { defined } from '../../../terms/defined.ts';
import { DecideAfresh, type Call, type LoggedEffects } from '../../pipeline/call.ts';
import type { LeafFacts } from '../../log/entry.ts';
import { insertPrivate, type PrivatePart } from '../../log/store/privateParts.ts';
import { claimUses } from '../../features/consents/store/consents.ts';
import { consentsUnchanged } from '../../features/consents/store/readConsentStates.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import type { ConsentCheck, Consented, KnownConsentState } from './consents.ts';
import type { GivenStatement } from './rowSource.ts';

export interface EntryClaim {
  /** of the leaf: commits to what the receipt does not show */
  readonly private: Commitment;
  /** counts uses of limited consents, and stores the opening of the commitment. @throws DecideAfresh */
  readonly work?: (transaction: Transaction) => Promise<void>;
  /** the opening of the commitment, where there is no work */
  readonly privatePart?: PrivatePart;
  /** runs after the swap of the head. @throws DecideAfresh when a consent was withdrawn or given again since */
  readonly confirm?: (transaction: Transaction) => Promise<void>;
  /** both of them in one statement, where no use is counted and nothing has changed */
  readonly atOnce?: AtOnce;
}

/**
 * The opening of the commitment is stored with the entry. If consents are claimed, it is stored in a separate transaction, else in the
 * flush with the entries of other calls.
 * @param check undefined where no consent is required
 * @param given what the provider of live rows signed
 * @param of the id of the entry, and the trace of its call
 * @returns undefined where the leaf states everything
 */
export function entryClaim(
  check: ConsentCheck | undefined,
  consented: Consented | undefined,
  given: readonly GivenStatement[],
  { exchange, trace }: Pick<Call, 'exchange' | 'trace'>,
): EntryClaim | undefined {
  const rests = check === undefined || consented === undefined ? undefined : restsOn(check, consented);
  if (rests === undefined && given.length === 0) return undefined;
  const value: CanonicalValue = {
    ...rests?.value,
    ...(given.length === 0 ? {} : { given: given.map((one) => ({ ...one })) }),
    ...defined({ trace: trace?.id }),
  };
  const salt = newSalt();
  const retained = { exchange, salt, value };
  if (rests === undefined) return { private: commitmentTo(value, salt), privatePart: retained };
  const { asOf, claim, confirm } = rests;
  const work = async (transaction: Transaction): Promise<void> => {
    await claim(transaction);
    await insertPrivate(transaction, retained);
  };
  return {
    private: commitmentTo(value, salt),
    work,
    confirm,
    ...(check === undefined || asOf === undefined
      ? {}
      : { atOnce: { basis: { scope: check.scope, asOf, private: retained }, insteadOf: work } }),
  };
}

/** The fact that commits to the private part of the entry. */
export const privateFact = (claim: EntryClaim | undefined): Pick<LeafFacts, 'private'> =>
  claim === undefined ? {} : { private: claim.private };

/** What the claim adds to the effects of an answer. */
export const claimEffects = (
  claim: EntryClaim | undefined,
): Pick<LoggedEffects, 'work' | 'privatePart' | 'confirm' | 'atOnce'> => ({
  work: claim?.work,
  privatePart: claim?.privatePart,
  confirm: claim?.confirm,
  atOnce: claim?.atOnce,
});

interface Rests {
  readonly value: { readonly [name: string]: CanonicalValue };
  readonly claim: (transaction: Transaction) => Promise<void>;
  readonly confirm: (transaction: Transaction) => Promise<void>;
  /** the lowest of the newest versions at which the consents were read; undefined where uses are claimed, or no consent is needed */
  readonly asOf: bigint | undefined;
}

function restsOn({ scope }: ConsentCheck, { withheld, decidedOn }: Consented): Rests {
  // a person may occur in several rows and in several reads of one call
  const limited = decidedOn.filter(({ consentState: { maxUses } }) => maxUses !== undefined);
  const read = minOf(decidedOn);
  return {
    asOf: limited.length === 0 ? read : undefined,
    value: {
      withheld: Object.fromEntries(withheld),
      consents: [...new Set(decidedOn.map(({ consentState }) => consentState.consent))].sort(),
    },
    claim: async (transaction) => {
      if (limited.length === 0) return;
      const subjects = [...personsOf(limited)].map((subject) => Buffer.from(subject, 'hex'));
      if (!(await claimUses(transaction, scope, subjects))) throw new DecideAfresh();
    },
    confirm: async (transaction) => {
      if (read === undefined) return;
      if (!(await consentsUnchanged(transaction, scope, read, () => personsOf(decidedOn))))
        throw new DecideAfresh();
    },
  };
}

const minOf = (decidedOn: readonly KnownConsentState[]): bigint | undefined =>
  decidedOn.reduce<bigint | undefined>(
    (least, { consentState: { asOf } }) => (least === undefined || asOf < least ? asOf : least),
    undefined,
  );

/** Keyed hashes (hex). */
const personsOf = (known: readonly KnownConsentState[]): ReadonlySet<string> =>
  new Set(known.map(({ subject }) => hex(subject)));

const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
