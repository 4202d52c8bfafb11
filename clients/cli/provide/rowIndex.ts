/** Where rows of a file stand by the value of a field, so that a question about one person does not go through all of them. */
import type { SchemaField } from '../../../schemas/datasetSchema.ts';

type Row = Readonly<Record<string, unknown>>;

interface Condition {
  readonly field: string;
  readonly op: 'eq' | 'in' | 'range';
  readonly value: unknown;
}

/** Fields of which it is remembered where each value stands: those asked about first. Others are looked for row by row. */
const mostFields = 4;

export class RowIndex {
  private readonly rows: readonly Row[];
  private readonly fields: ReadonlyMap<string, Pick<SchemaField, 'format'>>;
  private readonly places = new Map<string, ReadonlyMap<unknown, readonly number[]>>();

  constructor(rows: readonly Row[], fields: ReadonlyMap<string, Pick<SchemaField, 'format'>>) {
    this.rows = rows;
    this.fields = fields;
  }

  /**
   * Rows among which all are that meet a filter, in their order; undefined where any may. What `meetsCondition` says of them still
   * decides.
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
    if (op === 'eq') return places.get(asKept(value)) ?? [];
    const wanted = new Set((Array.isArray(value) ? value : []).map(asKept));
    return [...wanted].flatMap((one) => places.get(one) ?? []).sort((a, b) => a - b);
  }

  private placesOf(field: string): ReadonlyMap<unknown, readonly number[]> | undefined {
    const known = this.places.get(field);
    // decimals that are equal may be written differently
    if (known !== undefined || this.places.size >= mostFields || this.fields.get(field)?.format === 'decimal')
      return known;
    const made = new Map<unknown, number[]>();
    for (const [at, row] of this.rows.entries()) {
      const value = asKept(row[field]);
      const others = made.get(value);
      if (others === undefined) made.set(value, [at]);
      else others.push(at);
    }
    this.places.set(field, made);
    return made;
  }
}

/** Texts are compared by their bytes, where every half of a pair that stands alone is the same. */
const asKept = (value: unknown): unknown =>
  typeof value === 'string' ? Buffer.from(value).toString() : value;
