/**
 * Rows of one call compared with stored rows. A finding that would hold a file makes the row bad, because a call cannot wait for a
 * person's decision.
 */
import type { BadRecord } from '../../../../adapters/reading/reader.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { startsOf, type CaseRules } from '../../../domain/cases.ts';
import { comparedAs, crossColumns, crossRuleText } from '../../../domain/crossRule.ts';
import { excludesRow } from '../../../domain/intakeRules.ts';
import { maxLater, maxPeriods } from '../../../domain/periods.ts';
import { columnsOf } from '../../../domain/reference.ts';
import { columnArrays } from '../../../domain/rowTable/columnArrays.ts';
import { batchTable, datasetTable, layoutOf } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { datasetById, intakeRulesOf } from '../../../registry/store/datasets.ts';
import {
  rowsBreaking,
  rowsReferringToNothing,
  rowsStored,
  type CalledRows,
} from '../../rows/store/calledRows.ts';
import { namedIn, unready, type NamedBy, type Naming } from '../../attachments/store/named.ts';
import type { IntakeServices } from '../services.ts';
import type { ReadRows } from './readRows.ts';

export interface CheckedRows {
  readonly called: CalledRows;
  readonly rows: number;
  /** numbers of the good rows, in their order */
  readonly lines: readonly number[];
  /** all bad rows of the call, in their order */
  readonly bad: readonly BadRecord[];
  readonly deletions: number;
  /** rows without a value, by field */
  readonly empty: ReadonlyMap<string, number>;
  /** attachments that the good rows name; of a change, only in the fields that change */
  readonly named: readonly Naming[];
  /** for an append-only dataset: rows that are already stored unchanged */
  readonly same: number | undefined;
}

/** A row that a rule refuses. */
interface Refused {
  readonly row: number;
  readonly field: string;
  readonly rule: string;
  readonly message: Bilingual;
}

/** A change of a stored row. */
export interface RowChange {
  /** fields whose value was accepted before: a rule or reference of such fields only, and attachments that they name, are not checked again */
  readonly isStored: (field: string) => boolean;
  /** absent: the provider */
  readonly by?: NamedBy | undefined;
}

interface Checking extends RowChange {
  /** periods that may not begin: their rows are bad */
  readonly over: readonly string[];
}

/**
 * Requires that the lasting table exists.
 * @param options `isStored` and `by` for a change of a stored row; `over` for rows that arrive
 */
export async function checkRows(
  services: Pick<IntakeServices, 'database' | 'registry'>,
  dataset: LiveDataset,
  read: ReadRows,
  { isStored, by, over }: Partial<Checking> = {},
): Promise<CheckedRows> {
  const { deleteWhere, onRewrite, cases } = intakeRulesOf(dataset.row);
  const { schema } = dataset;
  // a stored case changes only by changeRow, which compares its version
  const isAddOnly = cases !== undefined || (onRewrite !== undefined && excludesRow(onRewrite));
  const whole = columnArrays(layoutOf(schema), read.tuples, read.rows.length);
  const all: CalledRows = {
    schema,
    deleteWhere,
    isAddOnly,
    tuples: read.tuples,
    arrays: whole.arrays,
  };
  // a row that only deletes a stored one needs no files, and those that the stored row names are not removed while it names them
  const named = namedIn(schema, read.tuples).filter(
    ({ row, field }) => !read.deletes.has(row) && isStored?.(field) !== true,
  );
  const refused = [
    ...(await brokenRules(services, dataset, all, isStored)),
    ...(await missingReferences(services, dataset, all, read, isStored)),
    ...(await missingAttachments(services, dataset.row.id, named, by)),
    ...rowsOfPeriods(dataset, read, over),
  ];
  const stored = isAddOnly ? await rowsStored(services.database.app, all, dataset.row.id) : undefined;
  if (cases !== undefined)
    refused.push(...wrongStarts(cases, read, new Set([...(stored?.same ?? []), ...(stored?.other ?? [])])));
  for (const row of stored?.other ?? [])
    refused.push({
      row,
      field: schema.primaryKey.join('+'),
      rule: 'key.stored',
      message: {
        zh: '主键已存在而取值不同；该数据资源的数据只增不改',
        en: 'has a stored key with other values; rows of this dataset are only added',
      },
    });
  const { bad, tuples, rows, arrays, nulls } = await acceptedRows(services, dataset, read, {
    ...{ all: { ...all, nulls: whole.nulls }, refused, isStored },
  });
  const accepted = new Set(rows);
  return {
    called: { schema, deleteWhere, isAddOnly, tuples, arrays },
    rows: rows.length,
    lines: [...rows],
    bad,
    deletions: [...read.deletes].filter((row) => accepted.has(row)).length,
    named: named.filter(({ row }) => accepted.has(row)),
    empty: new Map(layoutOf(schema).columns.map(({ field }, i) => [field, nulls[i] ?? 0])),
    same: stored?.same.filter((row) => accepted.has(row)).length,
  };
}

type Accepted = Pick<ReadRows, 'tuples' | 'rows' | 'bad'> & ReturnType<typeof columnArrays>;

/** Rounds in which rows of a call may refer to rows of the same call: a chain of them would else take a round for each row. */
const maxRounds = 20;

/**
 * The rows that no rule refuses. A reference to a refused row of the same call refers to no row. After `maxRounds` only stored rows can be
 * referred to, so that the last links of a longer chain are bad and can be sent again.
 */
async function acceptedRows(
  services: Pick<IntakeServices, 'database' | 'registry'>,
  dataset: LiveDataset,
  read: ReadRows,
  {
    all,
    refused,
    isStored,
  }: {
    readonly all: CalledRows & ReturnType<typeof columnArrays>;
    readonly refused: readonly Refused[];
    readonly isStored: Checking['isStored'] | undefined;
  },
): Promise<Accepted> {
  const isSelfReferring = intakeRulesOf(dataset.row).references?.some(
    (reference) => reference.dataset === dataset.row.id,
  );
  const every = [...refused];
  for (let round = 0; ; round += 1) {
    const left = without(read, every);
    const arrays =
      every.length === 0 ? all : columnArrays(layoutOf(dataset.schema), left.tuples, left.rows.length);
    const accepted = { ...left, arrays: arrays.arrays, nulls: arrays.nulls };
    if (every.length === 0 || isSelfReferring !== true || left.rows.length === 0) return accepted;
    const rest = { ...all, tuples: left.tuples, arrays: arrays.arrays };
    const more = await missingReferences(services, dataset, rest, read, isStored, round < maxRounds);
    if (more.length === 0) return accepted;
    every.push(...more);
  }
}

/** Rows of periods that may not begin. */
function rowsOfPeriods({ row }: LiveDataset, { periods }: ReadRows, over: readonly string[] = []): Refused[] {
  const field = intakeRulesOf(row).periods?.field ?? '';
  return over.flatMap((period) => {
    const message = {
      zh: `期间 ${period} 不能新建（一个数据资源最多 ${maxPeriods} 期，按次报送的以后期间最多 ${maxLater} 期）：请核对设备时钟；时刻有误的行请按主键删除，空期间随后自动清除`,
      en: `the period ${period} may not begin (a dataset has at most ${maxPeriods}, and rows by call at most ${maxLater} later ones): check the clock of the device. Delete rows with wrong times by their keys; empty periods are then removed`,
    };
    return (periods.get(period) ?? []).map((line) => ({ row: line, field, rule: 'period.many', message }));
  });
}

/** New cases in a state in which none begins. @param known rows whose key is stored */
function wrongStarts(cases: CaseRules, read: ReadRows, known: ReadonlySet<number>): Refused[] {
  const starts: readonly unknown[] = startsOf(cases);
  const { state } = cases;
  return [...read.rows]
    .filter((row) => !known.has(row) && !starts.includes(read.images.get(row)?.[state]))
    .map((row) => ({
      row,
      field: state,
      rule: 'state.start',
      message: {
        zh: `新办件的状态应为 ${starts.join('、')}`,
        en: `a new case begins as ${starts.join(' or ')}`,
      },
    }));
}

async function brokenRules(
  { database }: Pick<IntakeServices, 'database'>,
  { row, schema }: LiveDataset,
  called: CalledRows,
  isStored: (field: string) => boolean = () => false,
): Promise<Refused[]> {
  const refused: Refused[] = [];
  for (const rule of intakeRulesOf(row).crossRules ?? []) {
    if (!excludesRow(rule.onBroken) || [rule.field, ...rule.fields].every(isStored)) continue;
    const columns = crossColumns(rule, schema);
    // a dataset moves only to versions that have the fields of its rules
    if (columns === undefined) throw new Error(`${row.id}: no fields for ${rule.field}`);
    const days = comparedAs(schema, rule.field) === 'date';
    const text = crossRuleText(rule);
    const message = { zh: `不符合规则 ${text}`, en: `breaks the rule ${text}` };
    for (const broken of await rowsBreaking(database.app, called, { is: rule.is, columns, days }))
      refused.push({ row: broken, field: rule.field, rule: 'row.rule-broken', message });
  }
  return refused;
}

async function missingReferences(
  services: Pick<IntakeServices, 'database' | 'registry'>,
  dataset: LiveDataset,
  called: CalledRows,
  { deletes }: Pick<ReadRows, 'deletes'>,
  isStored: (field: string) => boolean = () => false,
  /** whether rows of the call can be referred to */
  withOwn = true,
): Promise<Refused[]> {
  const refused: Refused[] = [];
  for (const reference of intakeRulesOf(dataset.row).references ?? []) {
    if (!excludesRow(reference.onMissing) || reference.fields.every(isStored)) continue;
    const target =
      reference.dataset === dataset.row.id
        ? dataset
        : services.registry.current.datasets.get(reference.dataset);
    const columns = target === undefined ? undefined : columnsOf(reference, dataset.schema, target.schema);
    const here = reference.fields.flatMap((field) => layoutOf(dataset.schema).byField.get(field) ?? []);
    const look = async (): Promise<readonly number[] | undefined> =>
      target === undefined || columns === undefined
        ? undefined
        : rowsReferringToNothing(
            ...([services.database.app, called, columns, await tablesOf(services, target)] as const),
            target === dataset ? { counts: withOwn, deletes: deletes.size > 0 } : undefined,
          );
    // read again if a snapshot was replaced between the two statements; a reference that cannot be verified is invalid
    const missing =
      (await look()) ??
      (await look()) ??
      (await rowsReferringToNothing(services.database.app, called, { here, there: here }, [])) ??
      [];
    const message = {
      zh: `在 ${reference.dataset} 中没有对应的行`,
      en: `refers to no row of ${reference.dataset}`,
    };
    for (const row of missing)
      refused.push({ row, field: reference.fields.join('+'), rule: 'reference.missing', message });
  }
  return refused;
}

async function missingAttachments(
  { database }: Pick<IntakeServices, 'database'>,
  dataset: string,
  named: readonly Naming[],
  by: NamedBy | undefined,
): Promise<Refused[]> {
  const missing = named.length === 0 ? [] : await unready(database.app, dataset, named, by);
  return missing.map(({ row, field }) => ({
    row,
    field,
    rule: 'attachment.missing',
    message: {
      zh: '所写的附件不存在、尚未完成上传，或属于其他字段',
      en: 'names an attachment that does not exist, is not uploaded completely, or belongs to another field',
    },
  }));
}

async function tablesOf(
  { database }: Pick<IntakeServices, 'database'>,
  { row, schema }: LiveDataset,
): Promise<readonly SqlName[]> {
  const current = (await datasetById(database.app, row.id))?.currentBatch ?? null;
  if (current === null) return [];
  return [row.mode === 'upsert' ? datasetTable(row.id, schema) : batchTable(current)];
}

/** The rows without the refused ones, which become bad rows with all reasons in the order of the checks. */
function without(read: ReadRows, all: readonly Refused[]): Pick<ReadRows, 'tuples' | 'rows' | 'bad'> {
  if (all.length === 0) return read;
  const refused = new Map<number, Refused[]>();
  for (const one of all) refused.set(one.row, [...(refused.get(one.row) ?? []), one]);
  const pieces: Uint8Array[] = [];
  for (const [place, end] of read.ends.entries())
    if (!refused.has(read.rows[place] ?? 0))
      pieces.push(read.tuples.subarray(place === 0 ? 0 : read.ends[place - 1], end));
  const more = [...refused].map(([line, reasons]): BadRecord => ({
    line,
    problems: reasons.map(({ field, rule, message }) => ({
      ...{ line, column: 0, header: '', field, rule, got: '', message },
    })),
    raw: read.raw(line),
  }));
  return {
    tuples: Buffer.concat(pieces),
    rows: read.rows.filter((row) => !refused.has(row)),
    bad: [...read.bad, ...more].sort((a, b) => a.line - b.line),
  };
}
