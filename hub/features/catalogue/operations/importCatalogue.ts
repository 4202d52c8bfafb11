import { Problem } from '../../../../terms/problem.ts';
import { insertEntries } from '../../../registry/store/catalogue.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import { examineImport } from './examineImport.ts';
import type { EntryBody } from './derived.ts';
import { checkOfficer, followEntries, sharesMore } from './followEntries.ts';
import { keptImport } from './keptImport.ts';
import { proposing } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

/**
 * Entries of one department, all or none: they wait as one proposal, and become revisions together when a second person accepts it.
 * Those that stand as they are are left alone.
 * @throws Problem department_unknown, import_refused (findings: each entry with its place, code and sentence), entry_contradicts (two of them say otherwise of one
 *   dataset), officer_decides
 */
export const importCatalogue = proposable('importCatalogue', {
  permission: { operator: proposing, 'office steward': proposing, steward: proposing },
  owner: (call) => anyOf(call.body.department),
  secondPerson: true,
  stored: (call, services) => keptImport(services.database.app, call.body),
  run: async (call, services, hands) => {
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
    if (more && hands.approver !== null) checkOfficer(call.caller, body.department);
    const outcome = registered({
      kind: 'CatalogueImport',
      id,
      digest,
      registered: rows.length === 0 ? digest : undefined,
      versioned: false,
      work: async (transaction) => {
        await insertEntries(transaction, rows, hands, call.exchange);
        await followEntries(transaction, rows, call.exchange);
      },
      change: { entries: rows.length, first: rows.filter(({ revision }) => revision === 1).length },
    });
    if (!more || hands.approver !== null) return outcome;
    const told = { kind: 'CatalogueImport', id, changed: true, digest } as const;
    const kept = await keptImport(services.database.app, body);
    return { ...outcome, asks: { told, needsOfficer: true, body: kept } };
  },
});
