import { Problem } from '../../../../terms/problem.ts';
import {
  insertEntries,
  catalogueEntries,
  type CatalogueRow,
  type CatalogueSearch,
} from '../../../registry/store/catalogue.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import type { EntryBody } from './showCatalogueEntry.ts';
import { checkOfficer, followEntries, sharesMore } from './followEntries.ts';
import { storedImportOf, changedMembers, type Standing } from './storedImport.ts';
import { proposing, everyone } from '../../../domain/cells.ts';
import { anyOf, self } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import type { components } from '../../../../api/openapi.ts';
import { allowed } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';
import { breather } from '../../../../machine/yieldIfSlow.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import type { Services } from '../../common/services.ts';
import { checkedEntry } from './checkedEntry.ts';

/**
 * Imports entries of one department, all or none. They wait as one proposal and become revisions together when a second person accepts it.
 * Unchanged entries are skipped.
 * @throws Problem department_unknown, import_refused (findings: each entry with its place, code and sentence), entry_contradicts (two of
 *   them differ on one dataset), officer_decides
 */
export const importCatalogue = proposable('importCatalogue', {
  permission: { operator: proposing, 'office steward': proposing, steward: proposing },
  owner: (call) => anyOf(call.body.department),
  secondPerson: true,
  bodyToStore: (call, services) => storedImportOf(services.database.app, call.body),
  run: async (call, services, actingPersons) => {
    const body = call.body;
    const examined = await examineImport(body, services, 'standing' in body ? body.standing : undefined);
    const findings = examined.flatMap((one, index) =>
      one.outcome === 'refused'
        ? [{ pointer: `/body/entries/${index}`, code: one.problem.code, message: one.problem.text }]
        : [],
    );
    if (findings.length > 0)
      throw new Problem(
        'import_refused',
        { refused: findings.length, entries: examined.length },
        { findings },
      );
    const rows = examined.flatMap((one) =>
      one.outcome === 'new' || one.outcome === 'changed' ? [one.row] : [],
    );
    const digest = digestOf(rows.map(({ document }) => document));
    const id = `${body.department}.import-${digest.slice(0, 8)}`;
    const more = await sharesMore(
      rows.map(({ document }) => document as EntryBody),
      services,
    );
    if (more && actingPersons.approver !== null) checkOfficer(call.caller, body.department);
    const outcome = registered({
      kind: 'CatalogueImport',
      id,
      digest,
      registered: rows.length === 0 ? digest : undefined,
      versioned: false,
      work: async (transaction) => {
        await followEntries(transaction, rows, call.exchange);
        await insertEntries(transaction, rows, actingPersons, call.exchange);
      },
      change: { entries: rows.length, first: rows.filter(({ revision }) => revision === 1).length },
    });
    if (!more || actingPersons.approver !== null) return outcome;
    const reported = { kind: 'CatalogueImport', id, changed: true, digest } as const;
    const retained = await storedImportOf(services.database.app, body);
    return { ...outcome, asks: { registered: reported, needsOfficer: true, body: retained } };
  },
});

type Tried = components['schemas']['CatalogueImportTried'];

/**
 * POST /v1/catalogue/imports/trials: reports the effect of the import on each entry; nothing is stored.
 * @throws Problem department_unknown
 */
export const tryCatalogueImport = operation('tryCatalogueImport', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, services) => {
    const body = call.body;
    const entries = (await examineImport(body, services)).map((one): Tried['entries'][number] =>
      one.outcome === 'refused'
        ? {
            entry: one.entry,
            outcome: one.outcome,
            code: one.problem.code,
            message: one.problem.text,
            next: one.problem.next,
          }
        : {
            entry: one.entry,
            outcome: one.outcome,
            revision: one.row.revision,
            ...(one.outcome === 'changed' ? { changes: [...one.changes] } : {}),
          },
    );
    const refused = entries.filter(({ outcome }) => outcome === 'refused').length;
    const tried: Tried = { department: body.department, ok: refused === 0, entries };
    return allowed<'tryCatalogueImport'>(200, tried, {
      facts: { change: { department: body.department, entries: entries.length, refused } },
    });
  },
});

/** Entries of one import: each is compared with the current state, as it would be alone. */
type ImportBody = components['schemas']['CatalogueImport'];

/** The result for one entry, in the order of the import. */
type Examined = { readonly entry: string } & (
  | { readonly outcome: 'refused'; readonly problem: Problem }
  | {
      readonly outcome: 'new' | 'changed' | 'unchanged';
      readonly row: CatalogueRow & CatalogueSearch;
      /** members that differ from the live revision */
      readonly changes: readonly string[];
    }
);

/**
 * @param standing of a proposal: the state when it was made. An entry revised since then is refused, because the import would undo that
 *   revision
 * @throws Problem department_unknown
 */
export async function examineImport(
  { department, entries }: ImportBody,
  services: Services,
  standing?: readonly Standing[],
): Promise<readonly Examined[]> {
  if (services.identity.department(department) === undefined)
    throw new Problem('department_unknown', { department }, { at: '/body/department' });
  await services.registry.refresh();
  const rows = await catalogueEntries(
    services.database.app,
    entries.map(({ id }) => id),
  );
  const live = new Map(rows.map((row) => [row.id, row]));
  const revisions = standing && new Map(standing.map(({ entry, revision }) => [entry, revision]));
  const seen = new Set<string>();
  const examined: Examined[] = [];
  const breathe = breather();
  for (const entry of entries) {
    await breathe();
    const known = live.get(entry.id);
    const twice = seen.has(entry.id);
    seen.add(entry.id);
    try {
      refuseForeign(entry.id, department);
      if (twice) throw new Problem('entry_twice', { entry: entry.id });
      if (revisions !== undefined) refuseRevised(entry.id, revisions.get(entry.id), known?.revision ?? 0);
      const row = await checkedEntry(entry, known, services, entries);
      const outcome = known === undefined ? 'new' : known.revision === row.revision ? 'unchanged' : 'changed';
      examined.push({ entry: entry.id, outcome, row, changes: changedMembers(known?.document, entry) });
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      examined.push({ entry: entry.id, outcome: 'refused', problem });
    }
  }
  return examined;
}

/** @throws Problem entry_foreign */
function refuseForeign(entry: string, department: string): void {
  if (providerOf(datasetId(entry)) !== department) throw new Problem('entry_foreign', { entry, department });
}

/** @param proposed the revision when the proposal was made @throws Problem entry_revised */
function refuseRevised(entry: string, proposed: number | undefined, revision: number): void {
  if (proposed !== revision) throw new Problem('entry_revised', { entry, revision });
}
