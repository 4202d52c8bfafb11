import { surroundingsWith } from '../../../machine/surroundings.ts';
import type { CodeList } from '../../../schemas/codelists/codeList.ts';
import { compileSchema, type CompiledSchema } from '../../../schemas/compile.ts';
import type { JsonSchema, SchemaField, DatasetSchema } from '../../../schemas/datasetSchema.ts';
import { readSchema } from '../../../schemas/parse.ts';
import type { DatongClient } from '../../sdk/datongClient.ts';
import { pathSegment } from '../values.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import type { LiveAsk, LiveRows } from '../../sdk/liveConnection.ts';

/**
 * A live dataset as registered at the hub, with the schema of its rows.
 * @param lists code lists in addition to the shipped ones
 * @throws DatongProblem; VerbFailure where the hub hosts its rows
 */
export async function providedDataset(
  client: Pick<DatongClient, 'call'>,
  id: string,
  lists: readonly CodeList[],
): Promise<ProvidedDataset> {
  const get = async (path: string): Promise<unknown> =>
    (await client.call({ method: 'GET', path, receipt: 'optional' })).json;
  const { dataset } = (await get(`/v1/datasets/${pathSegment(id)}`)) as {
    readonly dataset: { readonly mode: string; readonly schema: string };
  };
  if (dataset.mode !== 'live')
    throw new VerbFailure(exitCode.refused, {
      zh: `${id} 的数据在枢纽中（mode: ${dataset.mode}），不由连接器供给`,
      en: `the rows of ${id} lie in the hub (mode: ${dataset.mode}); no connector serves them`,
    });
  const { document } = (await get(`/v1/schemas/${pathSegment(dataset.schema)}`)) as {
    readonly document: JsonSchema;
  };
  const surroundings = surroundingsWith(lists);
  const schema = readSchema(document, surroundings.resolve);
  return { id, schema, compiled: () => compileSchema(schema, surroundings) };
}

/** Index of a file's rows by the value of a field, so that a question about one person does not read all of them. */
type Row = Readonly<Record<string, unknown>>;

interface Condition {
  readonly field: string;
  readonly op: 'eq' | 'in' | 'range';
  readonly value: unknown;
}

/** Maximum number of indexed fields: those requested first. For others, all rows are searched. */
const maxFields = 4;

export class RowIndex {
  private readonly rows: readonly Row[];
  private readonly fields: ReadonlyMap<string, Pick<SchemaField, 'format'>>;
  private readonly places = new Map<string, ReadonlyMap<unknown, readonly number[]>>();

  constructor(rows: readonly Row[], fields: ReadonlyMap<string, Pick<SchemaField, 'format'>>) {
    this.rows = rows;
    this.fields = fields;
  }

  /**
   * Rows that include all that match a filter, in their order; undefined where any may match. `meetsCondition` still decides on each.
   * @returns positions from 0 on
   */
  candidates(filter: readonly Condition[]): readonly number[] | undefined {
    let fewest: readonly number[] | undefined;
    for (const condition of filter) {
      const found = this.meeting(condition);
      if (found !== undefined && (fewest === undefined || found.length < fewest.length)) fewest = found;
    }
    return fewest;
  }

  private meeting({ field, op, value }: Condition): readonly number[] | undefined {
    const places = op === 'range' ? undefined : this.placesOf(field);
    if (places === undefined) return undefined;
    if (op === 'eq') return places.get(asStored(value)) ?? [];
    const wanted = new Set((Array.isArray(value) ? value : []).map(asStored));
    return [...wanted].flatMap((one) => places.get(one) ?? []).sort((a, b) => a - b);
  }

  private placesOf(field: string): ReadonlyMap<unknown, readonly number[]> | undefined {
    const known = this.places.get(field);
    if (known !== undefined || this.places.size >= maxFields || isLoose(this.fields.get(field))) return known;
    const made = new Map<unknown, number[]>();
    for (const [at, row] of this.rows.entries()) {
      const value = asStored(row[field]);
      const others = made.get(value);
      if (others === undefined) made.set(value, [at]);
      else others.push(at);
    }
    this.places.set(field, made);
    return made;
  }
}

/** Decimals and moments that are equal may be written differently. */
const isLoose = (field: Pick<SchemaField, 'format'> | undefined): boolean =>
  field?.format === 'decimal' || field?.format === 'date-time';

/** Compares texts by their bytes, in which all lone surrogates are the same. */
const asStored = (value: unknown): unknown =>
  typeof value === 'string' ? Buffer.from(value).toString() : value;

/** Where a connector has the rows of one dataset from. */
export interface RowProvider {
  /** @throws LiveFailure; any other error is reported to the hub as query_failed */
  rows(ask: Pick<LiveAsk, 'fields' | 'filter' | 'limit' | 'after' | 'patience'>): Promise<LiveRows>;
  close(): Promise<void>;
}

/** The facts that a provider must know of its dataset. */
export interface ProvidedDataset {
  readonly id: string;
  readonly schema: DatasetSchema;
  /** compiled on first use: a query alone needs no code lists */
  readonly compiled: () => CompiledSchema;
}
