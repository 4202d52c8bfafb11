import { Problem } from '../../../terms/problem.ts';
import type { AllowedOutcome, Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { insertEntries } from '../../store/registry/catalogue.ts';
import { digestOf, registered } from '../registry/registration.ts';
import type { Hands } from '../registry/registrar.ts';
import type { Services } from '../services.ts';
import { examineImport, type ImportBody } from './examineImport.ts';
import type { KeptImport } from './keptImport.ts';

/**
 * Entries of one department, all or none: they wait as one proposal, and become revisions together when a second person accepts it.
 * Those that stand as they are are left alone.
 * @throws Problem department_unknown, import_refused (findings: each entry with its place, code and sentence)
 */
export async function importCatalogue(
  call: Call<StaffCaller>,
  services: Services,
  hands: Hands,
): Promise<AllowedOutcome> {
  const body = call.body as ImportBody & Partial<Pick<KeptImport, 'standing'>>;
  const examined = await examineImport(body, services, body.standing);
  const findings = examined.flatMap((one, index) =>
    one.outcome === 'refused'
      ? [{ pointer: `/body/entries/${index}`, code: one.problem.code, message: one.problem.text }]
      : [],
  );
  if (findings.length > 0)
    throw new Problem('import_refused', { refused: findings.length, entries: examined.length }, { findings });
  const rows = examined.flatMap((one) =>
    one.outcome === 'new' || one.outcome === 'changed' ? [one.row] : [],
  );
  const digest = digestOf(rows.map(({ document }) => document));
  return registered({
    kind: 'CatalogueImport',
    id: `${body.department}.import-${digest.slice(0, 8)}`,
    digest,
    registered: rows.length === 0 ? digest : undefined,
    versioned: false,
    work: (transaction) => insertEntries(transaction, rows, hands, call.exchange),
    change: { entries: rows.length, first: rows.filter(({ revision }) => revision === 1).length },
  });
}
