import { createHash } from 'node:crypto';
import type { PolicyContext } from '../../policies/context.ts';
import { breather, inTurns } from '../../machine/yieldIfSlow.ts';
import type { Plans } from '../../policies/plans.ts';
import {
  compileStandingInSteps,
  type StandingPlans,
  type ConsentVerdict,
} from '../../policies/standingPlans.ts';
import type { Database } from '../platform/database/database.ts';
import type { DepartmentRow } from '../identity/store/departments.ts';
import { listSigningKeys } from '../identity/store/signingKeys.ts';
import { revocationsOf } from '../identity/store/mandates.ts';
import { isMandated } from './store/policy/policyDocuments.ts';
import { listDocumentsInForce, type ConsentStateRow } from './store/policy/pagePolicyDocuments.ts';
import type { StopSide } from '../domain/stops.ts';
import { verifyStanding, type StandingWitnesses } from './verifyStanding.ts';
import { contradicted, readWitnessed, vanished, type Witnessed } from './witnessed.ts';

/** Verdicts by a digest of all verified data: a snapshot verifies only new rows. */
export type VerifiedRows = ReadonlyMap<string, ConsentVerdict>;

/** Who has stopped an agreement, by its id. */
export type Stopped = ReadonlyMap<string, readonly StopSide[]>;

/** The results of a snapshot that the next one reuses. */
export interface ReadBefore {
  readonly verified: VerifiedRows;
  readonly witnessed: Witnessed;
}

/**
 * The documents that decide, verified against the log and compiled.
 * @param before verified and compiled results of the previous snapshot, and how far it read the log
 * @param contextOf returns the context against which the rows are compiled
 */
export async function readStandingPlans(
  database: Database,
  departments: readonly DepartmentRow[],
  before: (ReadBefore & { readonly plans: Plans }) | undefined,
  contextOf: (documents: readonly ConsentStateRow[]) => PolicyContext,
): Promise<StandingPlans & ReadBefore & { readonly context: PolicyContext; readonly stopped: Stopped }> {
  const { app } = database;
  // reads the log first: a row newer than the read part of the log is then no fault
  const witnessed = await readWitnessed(app, before?.witnessed);
  const [rows, keyRows] = await Promise.all([listDocumentsInForce(app), listSigningKeys(app)]);
  const office = departments.find((department) => department.dataOffice)?.code;
  const keys = new Map(keyRows.map((row) => [row.keyid, row]));
  // the log still contains revocations that were removed from their table
  const revocations = new Map([
    ...(await revocationsOf(app, rows.flatMap(mandatesUnder))),
    ...witnessed.revoked,
  ]);
  const verdicts: ConsentVerdict[] = vanished(witnessed, rows);
  const verified = new Map<string, ConsentVerdict>();
  const breathe = breather();
  for (const row of rows) {
    await breathe();
    const key = lookedAt(row, { keys, revocations }, office);
    const verdict =
      before?.verified.get(key) ?? (await verifyStanding(row, { departments, keys, revocations }));
    verified.set(key, verdict);
    verdicts.push('fault' in verdict ? verdict : (contradicted(witnessed, row) ?? verdict));
  }
  const context = contextOf(rows);
  const compiled = await inTurns(compileStandingInSteps(verdicts, context, before?.plans));
  const stopped: Stopped = new Map(
    rows.flatMap((row) => (row.stopped.length === 0 ? [] : [[row.id, row.stopped]])),
  );
  return { ...compiled, context, verified, witnessed, stopped };
}

const mandatesUnder = ({ signatures }: Pick<ConsentStateRow, 'signatures'>): string[] =>
  signatures.flatMap((signature) => (isMandated(signature) ? [signature.mandate] : []));

function lookedAt(
  { submitted, decided, ...row }: ConsentStateRow,
  { keys, revocations }: Pick<StandingWitnesses, 'keys' | 'revocations'>,
  office: string | undefined,
): string {
  const signers = row.signatures.map(({ keyid }) => keys.get(keyid));
  const revoked = mandatesUnder(row).map((mandate) => revocations.get(mandate) ?? null);
  const hash = createHash('sha256').update(JSON.stringify([row, signers, revoked, office]));
  for (const leaf of [submitted, decided])
    hash.update(leaf === null ? 'none' : createHash('sha256').update(leaf).digest());
  return hash.digest('base64');
}
