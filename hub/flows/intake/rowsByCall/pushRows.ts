/**
 * POST /v1/datasets/{dataset}/rows: rows in one signed call, without a file.
 *
 *   may this department submit? → read, map, validate → compare with stored rows → append entry + merge rows → receipt
 *
 * The rows of a day are one submission: a batch that is published with the first call and extended by each further one.
 */
import { createHash } from 'node:crypto';
import { overLimit } from '../../../../adapters/limits.ts';
import type { CompiledMapping } from '../../../../adapters/mapping/compile.ts';
import { uuid7 } from '../../../../machine/uuid7.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { receives } from '../../../domain/dataset.ts';
import { worthGuarding } from '../../../domain/drift.ts';
import { allowed, DecideAfresh, denied, telling, type Call, type Outcome } from '../../../pipeline/call.ts';
import { headerOf } from '../../../pipeline/requestChecks.ts';
import type { DepartmentCaller } from '../../../identity/authentication/caller.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { unavailable } from '../../../registry/unavailable.ts';
import { isDatasetHeld, mayGo } from '../../../log/store/legalHolds.ts';
import { isMissingColumn, isMissingTable } from '../../../platform/database/failure.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import {
  beginSubmission,
  countCall,
  currentSubmission,
  lockSubmission,
  nothingCounted,
  type CallCounts,
  type DaySubmission,
} from '../store/daySubmission.ts';
import { supersedeBatches } from '../store/endBatch.ts';
import { intakeRulesOf, isBoundTo } from '../../../registry/store/datasets.ts';
import { countedTo, mergeCalled } from '../../rows/store/calledRows.ts';
import { noteCurrentBatch } from '../../rows/store/currentBatches.ts';
import { maxQuarantined, putQuarantined } from '../../rows/store/quarantine.ts';
import { hostedDataset } from '../../hostedDataset.ts';
import { readyTable } from '../../lastingTable.ts';
import { intakeOperation } from '../../operation.ts';
import { liveMapping } from '../translationTarget.ts';
import { checkProvider } from '../sender.ts';
import type { IntakeServices } from '../services.ts';
import { checkRows, type CheckedRows } from './checkRows.ts';
import { noteForRules } from './noteForRules.ts';
import { readRows, readsWholeRecords, type ReadRows } from './readRows.ts';

type PushCall = Call<DepartmentCaller, 'pushRows'>;

/**
 * @throws Problem not_the_provider, dataset_unknown, dataset_live, dataset_unavailable, rows_not_by_call, rows_malformed, rows_too_many,
 * rows_other_count, rows_refused, under_legal_hold, batch_deletes_many, batch_periods_many
 */
export const pushRows = intakeOperation('pushRows', {
  kind: 'intake',
  // the body of a department that may not submit here is not read
  admit: (call) => checkProvider(call.caller, datasetId(call.params.dataset)),
  run: (call, services) => {
    const id = datasetId(call.params.dataset);
    const facts = { dataset: id, provider: providerOf(id) };
    return telling(facts, () => pushed(call, services, id, facts));
  },
});

async function pushed(
  call: PushCall,
  services: IntakeServices,
  id: ReturnType<typeof datasetId>,
  facts: { readonly dataset: string; readonly provider: string },
): Promise<Outcome> {
  checkProvider(call.caller, id);
  const dataset = hostedDataset(services.registry, id);
  if (!receives(dataset.row.state)) return denied(unavailable(dataset.row), facts);
  if (intakeRulesOf(dataset.row).byCall === undefined) throw new Problem('rows_not_by_call', { dataset: id });
  const mapping = mappingOf(call, dataset);
  const body = { bytes: call.bytes, isLines: !isList(call) };
  const { subjectKey, registry } = services;
  const { surroundings } = registry.current;
  const read = await readRows(body, dataset, mapping, { subjectKey, surroundings, now: call.now });
  checkCount(call, dataset, read.records);
  await ready(services, dataset, read.periods);
  const checked = await checkRows(services, dataset, read);
  refuseBad(dataset, mapping, checked, read.refusing > 0);
  return published(call, services, dataset, { read, checked });
}

/** @throws Problem mapping_unknown, mapping_unreadable, rows_mapping_unfit */
function mappingOf({ query }: PushCall, dataset: LiveDataset): CompiledMapping | undefined {
  if (query.mapping === undefined) return undefined;
  const { compiled, label } = liveMapping(dataset, query.mapping);
  if (!readsWholeRecords(compiled)) throw new Problem('rows_mapping_unfit', { mapping: label });
  return compiled;
}

const isList = ({ head }: PushCall): boolean =>
  (headerOf(head, 'content-type') ?? '').toLowerCase().startsWith('application/json');

/**
 * The control total of a call is the number of its rows.
 * @throws Problem control_totals_missing, rows_other_count
 */
function checkCount({ query }: PushCall, { row }: LiveDataset, records: number): void {
  const declared = query.rows;
  if (declared === undefined) {
    if (intakeRulesOf(row).controlTotals)
      throw new Problem('control_totals_missing', { dataset: row.id }, { at: '/query/rows' });
    return;
  }
  if (Number(declared) !== records)
    throw new Problem('rows_other_count', { declared, found: records }, { at: '/query/rows' });
}

/** Tables that are known to exist; keyed by the schema object, which differs for each version. */
const known = new WeakMap<LiveDataset['schema'], Set<string>>();

/** Ensures the lasting table and the periods of the rows. @throws Problem batch_periods_many */
async function ready(
  services: IntakeServices,
  dataset: LiveDataset,
  periods: readonly string[],
): Promise<void> {
  const { row, schema } = dataset;
  const there = known.get(schema) ?? new Set();
  const needed = [row.id, ...periods.map((period) => `${row.id} ${period}`)];
  if (needed.every((one) => there.has(one))) return;
  await readyTable(services, dataset, periods);
  known.set(schema, new Set([...there, ...needed]));
}

/** Bad rows that are listed with a refusal. */
const listed = 100;

/** @throws Problem rows_refused where the dataset, or the named mapping, accepts no call with so many bad rows */
function refuseBad(
  { row }: LiveDataset,
  mapping: CompiledMapping | undefined,
  { rows, bad }: CheckedRows,
  untimely: boolean,
): void {
  if (bad.length === 0) return;
  const all = untimely || intakeRulesOf(row).byCall?.onBad === 'refuse';
  const over = mapping === undefined ? undefined : overLimit({ rows, bad: bad.length }, mapping);
  if (!all && over === undefined) return;
  throw new Problem(
    'rows_refused',
    { bad: bad.length, rows: rows + bad.length },
    { findings: badRows(bad).slice(0, listed), ...(over === undefined ? {} : { at: over.limit }) },
  );
}

/** The answer for each bad row: its index and the first rule that it breaks, never a value. */
const badRows = (bad: CheckedRows['bad']) =>
  bad.map(({ line, problems: [problem] }) => ({
    index: line - 1,
    ...(problem === undefined || problem.field === '' ? {} : { field: problem.field }),
    rule: problem?.rule ?? '',
  }));

interface Rows {
  readonly read: ReadRows;
  readonly checked: CheckedRows;
}

async function published(
  call: PushCall,
  services: IntakeServices,
  dataset: LiveDataset,
  rows: Rows,
): Promise<Outcome> {
  const { database, registry } = services;
  const { row, schema } = dataset;
  const { checked } = rows;
  const { batch: from, submission: current } = await currentSubmission(database.app, row.id, schema.urn);
  await refuseDeletions(services, dataset, checked, current);
  // a new day starts a new submission; so does the first call after a file
  const today =
    current !== undefined && dayInChina(current.openedAt) === dayInChina(call.now) ? current.id : undefined;
  const batch = today ?? uuid7(call.now);
  const sha256 = createHash('sha256').update(call.bytes).digest('hex');
  const counts = countsOf(call, rows);
  return allowed<'pushRows'>(
    200,
    {
      batch,
      accepted: checked.rows,
      ...(rows.read.skipped === 0 ? {} : { skipped: rows.read.skipped }),
      ...(checked.deletions === 0 ? {} : { deletions: checked.deletions }),
      quarantined: badRows(checked.bad),
    },
    {
      facts: {
        ...{ dataset: row.id, provider: row.department, schema: schema.urn },
        batch: { id: batch, sha256, rows: checked.rows, bad: checked.bad.length },
      },
      ...(today === undefined ? { claims: { publish: { dataset: row.id, from, to: batch } } } : {}),
      together: `rows of ${row.id}`,
      work: (transaction) =>
        written(transaction, services, dataset, {
          ...{ batch, counts, checked, exchange: call.exchange, begins: today === undefined },
        }),
      ...(today === undefined ? { whenDurable: () => registry.movePointer(row.id, batch) } : {}),
    },
  );
}

const countsOf = ({ bytes }: PushCall, { read, checked }: Rows): CallCounts => ({
  bytes: bytes.length,
  records: read.records,
  rows: checked.rows,
  bad: checked.bad.length,
  skipped: read.skipped,
  deletions: checked.deletions,
  repeated: read.repeated,
  empty: checked.empty,
  oldestPeriod: read.periods[0],
});

/** @throws Problem under_legal_hold; batch_deletes_many where the calls of the day would delete more than the dataset may lose at once */
async function refuseDeletions(
  { database }: IntakeServices,
  { row, schema }: LiveDataset,
  { deletions }: CheckedRows,
  current: DaySubmission | undefined,
): Promise<void> {
  if (deletions === 0) return;
  if (await isDatasetHeld(database.app, row.id))
    throw new Problem('under_legal_hold', { what: `Dataset ${row.id}` });
  const { mayDelete } = intakeRulesOf(row);
  if (mayDelete >= 1) return;
  const going = deletions + (current?.deletions ?? 0);
  const enough = mayDelete === 0 ? 2 ** 52 : Math.ceil(going / mayDelete) + worthGuarding;
  const stored = await countedTo(database.app, row.id, schema, enough);
  if (stored >= worthGuarding && going > stored * mayDelete)
    throw new Problem('batch_deletes_many', { rows: going, reference: stored });
}

interface Writing {
  readonly batch: string;
  readonly counts: CallCounts;
  readonly checked: CheckedRows;
  readonly exchange: string;
  readonly begins: boolean;
}

/** Runs in the transaction of the entry. @throws DecideAfresh where the dataset changed since the call was decided */
async function written(
  transaction: Transaction,
  { database, sealer }: IntakeServices,
  { row, schema }: LiveDataset,
  { batch, counts, checked, exchange, begins }: Writing,
): Promise<void> {
  // locks the dataset: its calls and files are stored one after another
  const before = begins
    ? (await isBoundTo(transaction, row.id, row.schema)) && nothingCounted
    : await lockSubmission(transaction, row.id, row.schema, batch);
  if (before === undefined || before === false) throw new DecideAfresh();
  if (checked.deletions > 0 && !(await mayGo(transaction, row.id))) throw new DecideAfresh();
  try {
    await noteForRules(transaction, database.app, checked.called, { row, schema });
    const merged = await mergeCalled(transaction, database.app, checked.called, row.id, batch);
    // another call delivered one of the keys in the meantime: checks again whether its row may be changed
    if (checked.same !== undefined && merged !== checked.rows - checked.deletions - checked.same)
      throw new DecideAfresh();
  } catch (error) {
    if (!isMissingTable(error) && !isMissingColumn(error)) throw error;
    known.delete(schema);
    throw new DecideAfresh();
  }
  if (begins) {
    const { id: dataset, department } = row;
    await beginSubmission(transaction, { id: batch, dataset, department, schema: schema.urn, exchange });
    await supersedeBatches(transaction, row.id, batch);
    await noteCurrentBatch(transaction, row.id, batch);
  }
  const counted = { before, counts, first: begins };
  const bad = await countCall(transaction, { id: batch, dataset: row.id }, exchange, counted);
  const former = bad - checked.bad.length;
  const retained = checked.bad.slice(0, Math.max(0, maxQuarantined - former));
  await putQuarantined(
    transaction,
    sealer,
    batch,
    retained.map(({ line, problems, raw }, i) => ({ nth: former + i + 1, line, problems, raw })),
  );
}
