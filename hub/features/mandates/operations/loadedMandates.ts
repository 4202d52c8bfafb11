/**
 * Loads verified mandates: each row is compared with its artefact, with the entry that registered it, and with the revocations in the log.
 */
import { mandateId, readMandate } from '../../../../certs/mandates/mandate.ts';
import { openMandate } from '../../../../certs/mandates/openMandate.ts';
import type { Leaf } from '../../../../log/leaf.ts';
import { parseLeaf } from '../../../../log/parseLeaf.ts';
import { Problem } from '../../../../terms/problem.ts';
import { entriesOfExchanges } from '../../../log/store/entries.ts';
import type { MandateRow } from '../../../identity/store/mandates.ts';
import type { Services } from '../../common/services.ts';

export interface LoadedMandate extends MandateRow {
  /** the row differs from the signed and submitted mandate: it cannot be used for signing */
  readonly altered: boolean;
}

type MandateServices = Pick<Services, 'database' | 'identity' | 'registry'>;

/** A revocation that was removed from its table is still in the log. */
export async function loadedMandates(
  rows: readonly MandateRow[],
  services: MandateServices,
): Promise<LoadedMandate[]> {
  const { revoked } = services.registry.current.witnessed;
  const stored = await entriesOfExchanges(
    services.database.app,
    rows.map(({ exchange }) => exchange),
  );
  const leaves = new Map(stored.map(({ columns, leaf }) => [columns.id, leaf]));
  return Promise.all(
    rows.map(async (row) => ({
      ...row,
      revokedAt: revoked.get(row.id) ?? row.revokedAt,
      altered: !(namesMandate(row, leaves.get(row.exchange)) && (await isSigned(row, services))),
    })),
  );
}

/** Returns whether the entry names this mandate: its id is the digest of its content. */
function namesMandate(row: MandateRow, bytes: Uint8Array | undefined): boolean {
  const leaf = bytes === undefined ? undefined : unlessRefused<Leaf>(() => parseLeaf(bytes));
  if (leaf === undefined) return false;
  const { id, department, person, keyid, givenBy } = row;
  const { kind, decision, actor, change = {} } = leaf;
  return (
    kind === 'management' &&
    decision === 'allow' &&
    change['kind'] === 'Mandate' &&
    change['act'] === 'give' &&
    change['id'] === id &&
    change['department'] === department &&
    change['person'] === person &&
    change['keyid'] === keyid &&
    actor.person === givenBy
  );
}

/** An ended key does not make the mandate altered: the entry proves what it signed, and the mandate is no longer usable anyway. */
async function isSigned(row: MandateRow, { identity }: MandateServices): Promise<boolean> {
  const payload = Buffer.from(row.jws.split('.')[1] ?? '', 'base64url');
  const mandate = unlessRefused(() => readMandate(payload));
  if (mandate === undefined || mandateId(payload) !== row.id) return false;
  if (mandate.department !== row.department || mandate.person !== row.person) return false;
  if (identity.keyInForce(row.keyid, row.department) === undefined) return true;
  try {
    const { keyid } = await openMandate(row.jws, (kid, of) => identity.keyInForce(kid, of));
    return keyid === row.keyid;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
