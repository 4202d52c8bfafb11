/** What an answer does with its entry beside being told by it: consents it rests on, and what the entry commits to apart from its leaf. */
import type { Commitment } from '../../../log/leaf.ts';
import { commitmentTo } from '../../../log/commitment.ts';
import { newSalt } from '../../../machine/newSalt.ts';
import type { CanonicalValue } from '../../../terms/canonicalJson.ts';
import { DecideAfresh, type Call } from '../../gate/call.ts';
import type { CallHead } from '../../identity/authentication/caller.ts';
import { insertPrivate } from '../../store/audit/privateParts.ts';
import { claimUses } from '../../store/consents/claimUses.ts';
import { standUnchanged } from '../../store/consents/standUnchanged.ts';
import type { Transaction } from '../../store/database/transaction.ts';
import type { ConsentCheck, Consented, KnownStanding } from './consents.ts';
import type { GivenStatement } from './rowSource.ts';
import type { ReleaseServices } from './services.ts';

export interface EntryClaim {
  /** of the leaf: commits to what the receipt does not show */
  readonly private: Commitment;
  /** uses of limited consents, and the opening of the commitment. @throws DecideAfresh */
  readonly work?: (transaction: Transaction) => Promise<void>;
  /** behind the swap of the head. @throws DecideAfresh when a consent was withdrawn or given anew meanwhile */
  readonly confirm?: (transaction: Transaction) => Promise<void>;
}

/**
 * What is committed to is stored with the entry where consents are claimed, in its transaction. Else it is stored ahead of it, so that the
 * entry goes with those of others in one flush; a row whose entry is never written opens nothing.
 * @param check undefined where nobody had to agree
 * @param given what the provider of live rows signed
 * @returns undefined where the leaf says everything
 */
export async function entryClaim(
  { database, held }: Pick<ReleaseServices, 'database' | 'held'>,
  check: ConsentCheck | undefined,
  consented: Consented | undefined,
  given: readonly GivenStatement[],
  { exchange, head }: Pick<Call, 'exchange'> & { readonly head?: CallHead },
): Promise<EntryClaim | undefined> {
  const rests = check === undefined || consented === undefined ? undefined : restsOn(check, consented);
  if (rests === undefined && given.length === 0) return undefined;
  const value: CanonicalValue = {
    ...rests?.value,
    ...(given.length === 0 ? {} : { given: given.map((one) => ({ ...one })) }),
  };
  if (rests === undefined && head !== undefined) {
    const { salt, fresh } = held.committedTo(head, JSON.stringify(value), newSalt);
    if (fresh) await insertPrivate(database.app, { exchange, salt, value });
    return { private: commitmentTo(value, salt) };
  }
  const salt = newSalt();
  return {
    private: commitmentTo(value, salt),
    work: async (transaction) => {
      await rests?.claim(transaction);
      await insertPrivate(transaction, { exchange, salt, value });
    },
    ...(rests === undefined ? {} : { confirm: rests.confirm }),
  };
}

interface Rests {
  readonly value: { readonly [name: string]: CanonicalValue };
  readonly claim: (transaction: Transaction) => Promise<void>;
  readonly confirm: (transaction: Transaction) => Promise<void>;
}

function restsOn({ scope }: ConsentCheck, { withheld, decidedOn }: Consented): Rests {
  // a person may stand in several rows, and of several readings of one call
  const limited = decidedOn.filter(({ standing: { maxUses } }) => maxUses !== undefined);
  return {
    value: {
      withheld: Object.fromEntries(withheld),
      consents: [...new Set(decidedOn.map(({ standing }) => standing.consent))].sort(),
    },
    claim: async (transaction) => {
      if (limited.length === 0) return;
      const subjects = [...byPerson(limited).keys()].map((subject) => Buffer.from(subject, 'hex'));
      if (!(await claimUses(transaction, scope, subjects))) throw new DecideAfresh();
    },
    confirm: async (transaction) => {
      const [first] = decidedOn;
      if (first === undefined) return;
      const read = decidedOn.reduce(
        (least, { standing: { asOf } }) => (asOf < least ? asOf : least),
        first.standing.asOf,
      );
      if (!(await standUnchanged(transaction, scope, read, () => byPerson(decidedOn))))
        throw new DecideAfresh();
    },
  };
}

/** The version of each person's standing as it was last read, by the keyed hash (hex). */
const byPerson = (known: readonly KnownStanding[]): ReadonlyMap<string, string> =>
  new Map(known.map(({ subject, standing }) => [hex(subject), standing.version]));

const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
