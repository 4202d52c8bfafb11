/** Stored rows → the values that the agreement grants. A row leaves only if it fits the masked schema. */
import type { FieldGrant, Permission, PlanRef } from '../../../policies/decision.ts';
import { compileMasking } from '../../../policies/masks/rows/compileMasking.ts';
import { rootOf } from '../../../policies/masks/rows/fieldPath.ts';
import type { Cells, MaskColumns } from '../../../policies/masks/rows/maskColumns.ts';
import type { MaskRun, Row } from '../../../policies/masks/mask.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Surroundings } from '../../../schemas/surroundings.ts';
import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import type { FetchedRow } from '../rows/store/fetch.ts';
import type { ReleaseServices } from './services.ts';

/** The keys for pseudonyms. */
type Keys = { readonly keys: Pick<ReleaseServices['keys'], 'pseudonyms'> };

/** The masks of a page, and the dataset they apply to. */
type MaskedBy = Pick<Permission, 'fields'> & {
  readonly plan: PlanOf;
  readonly limits: Pick<Permission['limits'], 'maskTypeErrors'>;
};
type PlanOf = Pick<PlanRef, 'consumer' | 'principal'>;
interface MaskedDataset {
  readonly schema: DatasetSchema;
  readonly compiled: { readonly surroundings: Surroundings };
}

interface RowMask {
  /** Masks a row; undefined where the result does not fit the masked schema. */
  readonly row: (row: Row, run: MaskRun) => Record<string, unknown> | undefined;
  /** Masks a page by its columns; undefined where its rows can only be masked one by one. */
  readonly columns: () => MaskColumns | undefined;
}

interface PlanMasks {
  /** the code lists that they were compiled with: a plan may outlive them */
  readonly surroundings: Surroundings;
  /** by the names of the requested fields */
  readonly sets: Map<string, RowMask>;
  /** by one field */
  readonly fields: Map<string, RowMask>;
}

/**
 * Masks compiled once per plan and set of fields. They belong to the plan of the decision, not to the newest plan when the rows arrive.
 * Otherwise a call decided before a mask was tightened would leave the old mask to later calls.
 */
const compiled = new WeakMap<PlanOf, PlanMasks>();

/**
 * Maximum sets of fields of a plan that are compiled as a whole, which takes milliseconds. Callers could choose a new set each time.
 * Further sets are combined from masks of one field each.
 */
const maxSets = 64;

type MaskedRow = Pick<FetchedRow, 'record'>;

/**
 * Rows masked while the database reads the consents of their subjects, before it is known whether they leave. Rows that do not leave are
 * discarded together with their errors.
 */
export class MaskPrefetch {
  private readonly masked = new Map<
    MaskedRow,
    { readonly record: Record<string, unknown>; readonly typeErrors: number }
  >();
  private readonly mask: RowMask;
  private readonly run: MaskRun;

  constructor(services: Keys, permission: MaskedBy, dataset: MaskedDataset, now: number) {
    this.mask = maskOf(services, permission, dataset);
    this.run = runAt(now);
  }

  readonly add = (rows: readonly MaskedRow[]): void => {
    for (const row of rows) {
      const before = this.run.typeErrors;
      let record: Record<string, unknown> | undefined;
      try {
        record = this.mask.row(row.record, this.run);
      } catch {
        continue; // if it leaves, it is masked again, and that attempt reports the error
      }
      if (record !== undefined) this.masked.set(row, { record, typeErrors: this.run.typeErrors - before });
    }
  };

  /** Returns the masked row if it was prefetched. @returns undefined where it must still be masked */
  take(row: MaskedRow, run: MaskRun): Record<string, unknown> | undefined {
    const known = this.masked.get(row);
    run.typeErrors += known?.typeErrors ?? 0;
    return known?.record;
  }
}

/**
 * @param ahead rows masked before, by the same permission at the same time
 * @throws Problem mask_type_errors, masked_row_invalid: then nothing is released
 */
export function maskPage(
  services: Keys,
  permission: MaskedBy,
  dataset: MaskedDataset,
  page: { readonly rows: readonly MaskedRow[] },
  now: number,
  ahead?: MaskPrefetch,
): { readonly records: readonly Record<string, unknown>[]; readonly typeErrors: number } {
  const mask = maskOf(services, permission, dataset);
  const run = runAt(now);
  const masked = page.rows.map((row) => ahead?.take(row, run) ?? mask.row(row.record, run));
  const records = masked.filter((record) => record !== undefined);
  settle(permission, run, records.length === masked.length);
  return { records, typeErrors: run.typeErrors };
}

/**
 * The same for a page fetched by column, as lines of JSON.
 * @returns undefined where it must be masked row by row
 * @throws Problem mask_type_errors, masked_row_invalid: then nothing is released
 */
export function maskColumns(
  services: Keys,
  permission: MaskedBy,
  dataset: MaskedDataset,
  page: { readonly cells: ReadonlyMap<string, Cells>; readonly length: number },
  now: number,
): { readonly bytes: Buffer; readonly typeErrors: number } | undefined {
  const mask = maskOf(services, permission, dataset).columns();
  if (mask === undefined) return undefined;
  const run = runAt(now);
  const { bytes, valid } = mask(page.cells, page.length, run);
  settle(permission, run, valid);
  return { bytes, typeErrors: run.typeErrors };
}

const runAt = (now: number): MaskRun => ({ now, typeErrors: 0, memo: new Map() });

function settle({ limits }: MaskedBy, { typeErrors }: MaskRun, valid: boolean): void {
  if (typeErrors > (limits.maskTypeErrors ?? 0)) throw new Problem('mask_type_errors', { count: typeErrors });
  if (!valid) throw new Problem('masked_row_invalid');
}

function maskOf(services: Keys, permission: MaskedBy, dataset: MaskedDataset): RowMask {
  const { plan, fields } = permission;
  const { surroundings } = dataset.compiled;
  const compile = (some: readonly FieldGrant[]): RowMask =>
    compileRowMask(services, permission, dataset, some);
  let masks = compiled.get(plan);
  if (masks?.surroundings !== surroundings) {
    masks = { surroundings, sets: new Map(), fields: new Map() };
    compiled.set(plan, masks);
  }
  const { sets, fields: single } = masks;
  const key = namesOf(fields);
  const known = sets.get(key);
  if (known !== undefined) return known;
  if (sets.size < maxSets) return cachedMask(sets, key, () => compile(fields));
  const roots = [...new Set(fields.map(({ field }) => rootOf(field)))];
  return together(
    roots.map((root) =>
      cachedMask(single, root, () => compile(fields.filter(({ field }) => rootOf(field) === root))),
    ),
  );
}

const names = new WeakMap<readonly FieldGrant[], string>();

/** Calls that name no fields share the plan's own list. */
function namesOf(fields: readonly FieldGrant[]): string {
  let name = names.get(fields);
  if (name === undefined) {
    name = JSON.stringify(fields.map(({ field }) => field));
    names.set(fields, name);
  }
  return name;
}

function cachedMask(masks: Map<string, RowMask>, key: string, make: () => RowMask): RowMask {
  const mask = masks.get(key) ?? make();
  masks.set(key, mask);
  return mask;
}

/** Each part builds and checks its own field. */
function together(parts: readonly RowMask[]): RowMask {
  return {
    columns: () => undefined,
    row: (row, run) => {
      const masked: Record<string, unknown> = {};
      for (const part of parts) {
        const piece = part.row(row, run);
        if (piece === undefined) return undefined;
        Object.assign(masked, piece);
      }
      return masked;
    },
  };
}

function compileRowMask(
  { keys }: Keys,
  { plan, limits }: MaskedBy,
  dataset: MaskedDataset,
  fields: readonly FieldGrant[],
): RowMask {
  const { maskTypeErrors } = limits;
  const masking = compileMasking(
    fields,
    dataset.schema,
    keys.pseudonyms,
    plan.principal ?? plan.consumer,
    dataset.compiled.surroundings,
    maskTypeErrors === undefined ? {} : { maskTypeErrors },
  );
  return {
    columns: () => masking.columns(),
    row: (row, run) => {
      const masked = masking.mask(row, run);
      return masking.check(masked) ? masked : undefined;
    },
  };
}
