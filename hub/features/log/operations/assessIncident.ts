import type { components } from '../../../../api/openapi.ts';
import type { Leaf } from '../../../../log/leaf.ts';
import { newestCheckpoint } from '../../../log/evidence/logAccess.ts';
import { Gone, reportedMissing } from '../../../log/evidence/entryBundle.ts';
import { allowed } from '../../../pipeline/call.ts';
import { countSubjects } from '../../../log/store/subjects.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { refuseIdentityNumbers } from './sealedSubjects.ts';
import { everywhere } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { batchPeriod } from '../../../flows/intake/store/profiles.ts';
import { answers } from '../../../../log/entryQuestion.ts';
import { promisedBy } from '../../../log/search/promisedEntries.ts';
import { leavesAt } from '../../../log/store/entries.ts';

/** What entries are asked for, once a batch is told by its dataset and its time. */
type RequestedEntries = Omit<components['schemas']['IncidentQuestion'], 'reason' | 'case' | 'batch'>;

/** Entries read at once. */
const portion = 1_000;

/** An answer by which something left; without a leaf, one that the log does not have any more. */
interface IncidentEntry {
  readonly index: number;
  readonly leaf: Leaf | undefined;
}

/**
 * Answers by which something left, among the first `size` entries, the newest first. Of those that are gone nobody knows whether something
 * left, nor by whose key: the index tells the rest. @param requested undefined: none is
 */
export async function* incidentEntries(
  reader: Pool,
  requested: RequestedEntries | undefined,
  size: number,
): AsyncGenerator<IncidentEntry> {
  if (requested === undefined) return;
  const { keyid, ...filter } = requested;
  const question = { ...filter, kind: 'release', decision: 'allow' };
  const read = (from: Reader, indexes: readonly number[]) => leavesAt(from, indexes, keyid);
  for await (const some of promisedBy(reader, question, size, { portion, read }))
    for (const { index, leaf, gone } of some) {
      if (gone) yield { index, leaf: undefined };
      else if (leaf !== undefined && answers(leaf, question) && isReached(leaf, keyid)) yield { index, leaf };
    }
}

/** Something left, by that key where one is named. */
const isReached = ({ rows, actor, stream }: Leaf, keyid: string | undefined): boolean =>
  rows?.delivered !== 0 &&
  (stream === undefined || stream.state === 'part') &&
  (keyid === undefined || actor.keyid === keyid);

/**
 * An incident that starts from a batch (错误或被篡改的批次). Entries do not name the batch whose rows left: it is told by when the batch was
 * current, and by its dataset.
 */
type Requested = Omit<components['schemas']['IncidentQuestion'], 'reason' | 'case'>;

/** An answer that began just before another batch came, and clocks of processes that differ. */
const slack = 60_000;

interface RequestedBatch {
  /** undefined: nobody got rows of it in the period */
  readonly entries: RequestedEntries | undefined;
  readonly batch?: Omit<NonNullable<components['schemas']['Incident']['batch']>, 'perhaps'>;
  /** entries of the time in which only a page that a cursor goes on with may be of the batch */
  readonly later?: RequestedEntries;
}

/** @throws Problem batch_unknown, where there is none, or it is of another dataset than the one that is asked about */
export async function requestedBatch(
  reader: Reader,
  { batch, ...requested }: Requested,
): Promise<RequestedBatch> {
  if (batch === undefined) return { entries: requested };
  const period = await batchPeriod(reader, batch);
  if (period === undefined || (requested.dataset !== undefined && requested.dataset !== period.dataset))
    throw new Problem('batch_unknown');
  const { dataset, from, until, readUntil } = period;
  const reported = {
    ...{ id: batch, dataset },
    ...(from === null ? {} : { from: iso(from) }),
    ...(until === null ? {} : { until: iso(until) }),
  };
  if (from === null) return { entries: undefined, batch: reported };
  const question = { ...requested, dataset };
  const end = until === null ? undefined : until + slack;
  const later = end === undefined ? undefined : within(question, end, readUntil ?? undefined);
  return {
    entries: within(question, from - slack, end),
    batch: reported,
    ...(later === undefined ? {} : { later }),
  };
}

const iso = (at: number): string => new Date(at).toISOString();

/** What of a question lies between two moments; undefined: nothing does. */
function within(
  requested: RequestedEntries,
  from: number,
  until: number | undefined,
): RequestedEntries | undefined {
  const first = Math.max(from, Date.parse(requested.from));
  const end = Math.min(until ?? Infinity, Date.parse(requested.until));
  return first >= end ? undefined : { ...requested, from: iso(first), until: iso(end) };
}

type Schemas = components['schemas'];

/** Entries named in the answer; all are counted. */
const maxNamed = 10_000;

/**
 * What left in a period, under an agreement, of a dataset or a batch of it, to a department or by a key: who has it, which fields, how many
 * persons. The question of whoever must tell them (PIPL art. 57). @throws Problem search_identity_number, batch_unknown
 */
export const assessIncident = operation('assessIncident', {
  kind: 'inspect',
  permission: { 'office auditor': everywhere, 'office security': everywhere },
  owner: ofOffice,
  run: async (call, services) => {
    const { reason, case: caseNumber, ...requested } = call.body;
    refuseIdentityNumbers({ case: caseNumber });
    const { app } = services.database;
    const { size, note } = newestCheckpoint(services);
    const recipients = new Map<string, Recipient>();
    const indexes: number[] = [];
    const [gone, goneLater] = [new Gone(), new Gone()];
    const { entries, batch, later } = await requestedBatch(app, requested);
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
      indexes: indexes.sort((a, b) => a - b).slice(0, maxNamed),
      subjects: await countSubjects(app, indexes),
      recipients: [...recipients]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([department, recipient]) => ({ department, ...recipient.told() })),
      ...(batch === undefined ? {} : { batch: { ...batch, perhaps } }),
      ...reportedMissing([...gone.indexes, ...goneLater.indexes]),
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
  requested: RequestedEntries | undefined,
  size: number,
  gone: Gone,
): Promise<string[]> {
  const found = new Set<string>();
  for await (const { index, leaf } of incidentEntries(app, requested, size))
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
