import type { components } from '../../../../api/openapi.ts';
import type { Leaf } from '../../../../log/leaf.ts';
import { newestCheckpoint } from '../../../log/evidence/logAccess.ts';
import { Gone, toldMissing } from '../../../log/evidence/missing.ts';
import { allowed } from '../../../pipeline/call.ts';
import { countSubjects } from '../../../log/store/countSubjects.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { batchAsked } from './incidentBatch.ts';
import { incidentEntries, type AskedEntries } from './incidentEntries.ts';
import { refuseIdentityNumbers } from './subjectOf.ts';
import { everywhere } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

type Schemas = components['schemas'];

/** Entries named in the answer; all are counted. */
const mostNamed = 10_000;

/**
 * What left in a period, under an agreement, of a dataset or a batch of it, to a department or by a key: who has it, which fields, how many
 * persons. The question of whoever must tell them (PIPL art. 57). @throws Problem search_identity_number, batch_unknown
 */
export const assessIncident = operation('assessIncident', {
  kind: 'inspect',
  permission: { 'office auditor': everywhere, 'office security': everywhere },
  owner: ofOffice,
  run: async (call, services) => {
    const { reason, case: caseNumber, ...asked } = call.body;
    refuseIdentityNumbers({ case: caseNumber });
    const { app } = services.database;
    const { size, note } = newestCheckpoint(services);
    const recipients = new Map<string, Recipient>();
    const indexes: number[] = [];
    const [gone, goneLater] = [new Gone(), new Gone()];
    const { entries, batch, later } = await batchAsked(app, asked);
    for await (const { index, leaf } of incidentEntries(app, entries, size)) {
      if (leaf === undefined) {
        gone.add(index);
        continue;
      }
      const department = leaf.consumer ?? '';
      const recipient = recipients.get(department) ?? new Recipient();
      recipients.set(department, recipient);
      recipient.add(leaf);
      indexes.push(index);
    }
    const perhaps = await consumersOf(app, later, size, goneLater);
    const body: Schemas['Incident'] = {
      entries: indexes.length,
      indexes: indexes.sort((a, b) => a - b).slice(0, mostNamed),
      subjects: await countSubjects(app, indexes),
      recipients: [...recipients]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([department, recipient]) => ({ department, ...recipient.told() })),
      ...(batch === undefined ? {} : { batch: { ...batch, perhaps } }),
      ...toldMissing([...gone.indexes, ...goneLater.indexes]),
      checkpoint: note,
    };
    return allowed<'assessIncident'>(200, body, {
      facts: {
        change: { entries: indexes.length, subjects: body.subjects, reason, case: caseNumber },
      },
    });
  },
});

/** Departments that something went to. @param gone to which the entries are added that the log does not have */
async function consumersOf(
  app: Pool,
  asked: AskedEntries | undefined,
  size: number,
  gone: Gone,
): Promise<string[]> {
  const found = new Set<string>();
  for await (const { index, leaf } of incidentEntries(app, asked, size))
    if (leaf === undefined) gone.add(index);
    else found.add(leaf.consumer ?? '');
  return [...found].sort();
}

/** What one department got. */
class Recipient {
  private calls = 0;
  private rows = 0;
  private readonly fields = new Set<string>();
  private readonly agreements = new Set<string>();
  private readonly officials = new Set<string>();
  private readonly cases = new Set<string>();

  add({ rows, fields = {}, fact, agreement, onBehalfOf, matter }: Leaf): void {
    this.calls += 1;
    this.rows += rows?.delivered ?? 0;
    for (const [field, mask] of Object.entries(fields)) this.fields.add(`${field} ${mask}`);
    if (fact !== undefined) this.fields.add(`${fact} fact`);
    if (agreement !== undefined) this.agreements.add(agreement);
    if (onBehalfOf !== undefined) this.officials.add(onBehalfOf);
    if (matter !== undefined) this.cases.add(matter);
  }

  told(): Omit<Schemas['Incident']['recipients'][number], 'department'> {
    return {
      ...{ calls: this.calls, rows: this.rows, fields: [...this.fields].sort() },
      ...{ agreements: [...this.agreements].sort(), officials: this.officials.size, cases: this.cases.size },
    };
  }
}
