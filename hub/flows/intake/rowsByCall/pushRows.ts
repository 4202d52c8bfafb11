/**
 * POST /v1/datasets/{dataset}/rows: rows in one signed call, without a file.
 *
 *   may this department submit? → read, map, validate → compare with stored rows → append entry + merge rows → receipt
 *
 * The rows of a day are one submission: a batch that is published with the first call and extended by each further one (publishRows.ts).
 */
import { overLimit } from '../../../../adapters/limits.ts';
import type { CompiledMapping } from '../../../../adapters/mapping/compile.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { geoJsonType } from '../../../../terms/geoJson.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { deadlineOf, partiesOf } from '../../../domain/cases.ts';
import { receives } from '../../../domain/dataset.ts';
import { layoutOf } from '../../../domain/rowTable/layout.ts';
import { allowed, denied, withFacts, type Call, type Outcome } from '../../../pipeline/call.ts';
import { headerOf } from '../../../pipeline/requestChecks.ts';
import type { DepartmentCaller } from '../../../identity/authentication/caller.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { unavailable } from '../../../registry/unavailable.ts';
import { intakeRulesOf } from '../../../registry/store/datasets.ts';
import { beginVersions, type NewVersion } from '../../rows/store/rowVersions.ts';
import { hostedDataset } from '../../hostedDataset.ts';
import { intakeOperation } from '../../operation.ts';
import { textOfKey } from '../../ownKey.ts';
import { liveMapping, orWaiting } from '../translationTarget.ts';
import { checkProvider } from '../sender.ts';
import type { IntakeServices } from '../services.ts';
import { checkRows, type CheckedRows } from './checkRows.ts';
import { periodOf, publication, ready } from './publishRows.ts';
import { readRows, readsWholeRecords, type CallBody, type ReadRows } from './readRows.ts';
import { defined } from '../../../../terms/defined.ts';

type PushCall = Call<DepartmentCaller, 'pushRows'>;

/**
 * @throws Problem not_the_provider, dataset_unknown, dataset_live, dataset_unavailable, rows_not_by_call, rows_malformed, rows_too_many,
 * rows_other_count, rows_refused, geojson_crs, geojson_without_place, under_legal_hold, batch_deletes_many
 */
export const pushRows = intakeOperation('pushRows', {
  kind: 'intake',
  // the body of a department that may not submit here is not read
  admit: (call) => checkProvider(call.caller, datasetId(call.params.dataset)),
  run: (call, services) => {
    const id = datasetId(call.params.dataset);
    const facts = { dataset: id, provider: providerOf(id) };
    return withFacts(facts, () => pushed(call, services, id, facts));
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
  const named = await orWaiting(services.database.app, dataset, call.query.mapping ?? '', () =>
    mappingOf(call, dataset),
  );
  const mapping = named?.compiled;
  const body = { bytes: call.bytes, form: formOf(call) };
  const { subjectKey, registry } = services;
  const { surroundings } = registry.current;
  const read = await readRows(body, dataset, mapping, { subjectKey, surroundings, now: call.now });
  checkCount(call, dataset, read.records);
  const over = await ready(services, dataset, read);
  const checked = await checkRows(services, dataset, read, { over });
  refuseBad(dataset, mapping, checked, read.refusing > 0);
  const { batch, effects } = await publication(call, services, dataset, {
    read,
    checked,
    mapping: named?.label ?? null,
    ...defined({ change: changeNoted(dataset, named, checked) }),
    work: (transaction) =>
      beginVersions(transaction, services.sealer, versionsIn(call, dataset, read, checked)),
  });
  return allowed<'pushRows'>(
    200,
    {
      batch,
      accepted: checked.rows,
      ...(read.skipped === 0 ? {} : { skipped: read.skipped }),
      ...(checked.deletions === 0 ? {} : { deletions: checked.deletions }),
      quarantined: badRows(checked.bad),
    },
    effects,
  );
}

/** What the entry notes: the mapping that read the rows, and how many cases they open. A stored row that comes again is no new case. */
function changeNoted(
  { row }: LiveDataset,
  mapping: ReadingMapping | undefined,
  { rows, same }: CheckedRows,
): Readonly<Record<string, string | number>> | undefined {
  const noted = {
    ...defined({ mapping: mapping?.label }),
    ...(intakeRulesOf(row).cases === undefined ? {} : { opened: rows - (same ?? 0) }),
  };
  return Object.keys(noted).length === 0 ? undefined : noted;
}

/** The first versions of the rows, of a dataset whose rows several departments change. */
function versionsIn(
  { exchange, now, caller }: PushCall,
  { row, schema }: LiveDataset,
  { images }: ReadRows,
  { lines }: CheckedRows,
): readonly NewVersion[] {
  const { cases, periods } = intakeRulesOf(row);
  if (cases === undefined) return [];
  return lines.flatMap((line): NewVersion[] => {
    const image = images.get(line);
    if (image === undefined) return [];
    const { department } = caller;
    const by = {
      dataset: row.id,
      key: textOfKey(image, layoutOf(schema).key),
      department,
      exchange,
      at: now,
    };
    const due = deadlineOf(cases, image[cases.state], now, chinaWorkingCalendar);
    return [
      {
        ...by,
        row: image,
        fields: Object.keys(image),
        period: periodOf(image, periods),
        due,
        opened: now,
        since: now,
        dueBy: due === undefined ? [] : partiesOf(cases, due.transition, image, row.department),
      },
    ];
  });
}

/** A mapping that a call names. */
interface ReadingMapping {
  readonly compiled: CompiledMapping;
  /** name and version */
  readonly label: string;
}

/** @throws Problem mapping_unknown, mapping_unreadable, rows_mapping_unfit */
function mappingOf({ query }: PushCall, dataset: LiveDataset): ReadingMapping | undefined {
  if (query.mapping === undefined) return undefined;
  const { compiled, label } = liveMapping(dataset, query.mapping);
  if (!readsWholeRecords(compiled)) throw new Problem('rows_mapping_unfit', { mapping: label });
  return { compiled, label };
}

/** The contract refuses other media types. */
function formOf({ head }: PushCall): CallBody['form'] {
  const type = (headerOf(head, 'content-type') ?? '').toLowerCase();
  if (type.startsWith(geoJsonType)) return 'geojson';
  return type.startsWith('application/json') ? 'list' : 'lines';
}

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
    { findings: badRows(bad).slice(0, listed), ...defined({ at: over?.limit }) },
  );
}

/** The answer for each bad row: its index and the first rule that it breaks, never a value. */
export const badRows = (bad: CheckedRows['bad']) =>
  bad.map(({ line, problems: [problem] }) => ({
    index: line - 1,
    ...(problem === undefined || problem.field === '' ? {} : { field: problem.field }),
    rule: problem?.rule ?? '',
  }));
