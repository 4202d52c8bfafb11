/**
 * Compiles the masks of one plan once: a row → a new object built from the allow-list. Fields that are not granted are never read, so an
 * extra, nested, renamed or inherited member of a row cannot reach the answer.
 */
import { createHash } from 'node:crypto';
import { canonicalText } from '../../../schemas/readJson.ts';
import { compilePlain } from '../../../schemas/compile.ts';
import type { DatasetSchema, JsonSchema } from '../../../schemas/datasetSchema.ts';
import type { Surroundings } from '../../../schemas/surroundings.ts';
import { defined } from '../../../terms/defined.ts';
import { Problem } from '../../../terms/problem.ts';
import type { FieldGrant } from '../../decision.ts';
import { rootOf } from './fieldPath.ts';
import type { MaskRun, PseudonymKeys, Row } from '../mask.ts';
import { compileColumns, type MaskColumns } from './maskColumns.ts';
import { isNever, objectSchema } from './maskNode.ts';
import { compileNodes, type MaskNode } from './maskNodes.ts';

export interface Masking {
  /** JSON Schema 2020-12 of a masked row */
  readonly outputSchema: JsonSchema;
  /** hex SHA-256 of the output schema, published per (agreement, purpose, dataset) */
  readonly digest: string;
  /** columns that the row fetch needs, in the schema's order */
  readonly storedFields: readonly string[];
  /** Starts an exchange. @param now the decision's time, Unix milliseconds */
  begin(now: number): MaskRun;
  /** Masks one row. Without a run of an exchange, a value of a wrong type throws. @throws Problem mask_type_errors */
  mask(row: Row, run?: MaskRun): Record<string, unknown>;
  /** Whether a masked row matches the output schema. */
  check(masked: unknown): boolean;
  /** The same for a page, column by column; undefined where its rows can only be masked one by one. */
  columns(): MaskColumns | undefined;
  /** @throws Problem mask_type_errors when the run met more wrong types than the agreement tolerates */
  settle(run: MaskRun): void;
}

export interface MaskingOptions {
  /** wrong types tolerated in one exchange; default 0. Above 0, every masked field may come back null. */
  readonly maskTypeErrors?: number;
}

/**
 * @param grants the fields of a Permission; `drop` leaves no key
 * @param consumer department that pseudonyms are made for: the plan's principal, otherwise its consumer
 * @param surroundings code lists for masks that read names, and the surroundings for checking the masked row
 * @throws Problem masked_row_invalid when a grant names a place that the schema does not have
 */
export function compileMasking(
  grants: readonly FieldGrant[],
  schema: DatasetSchema,
  keys: PseudonymKeys,
  consumer: string,
  surroundings: Surroundings,
  options: MaskingOptions = {},
): Masking {
  const tolerated = options.maskTypeErrors ?? 0;
  const nodes = compileNodes(grants, schema, {
    consumer,
    keys,
    dictionary: surroundings.codeLists,
  });
  const fields = masksOf(nodes);
  const outputSchema = maskedSchema(schema, nodes, tolerated > 0);
  let check: ((masked: unknown) => boolean) | undefined;
  let columns: { readonly of: MaskColumns | undefined } | undefined;
  const begin = (now: number): MaskRun => ({ now, typeErrors: 0, memo: new Map() });
  const settle = (run: MaskRun): void => {
    if (run.typeErrors > tolerated) throw new Problem('mask_type_errors', { count: run.typeErrors });
  };
  return {
    outputSchema,
    digest: createHash('sha256').update(canonicalText(outputSchema)).digest('hex'),
    storedFields: storedFieldsOf(nodes, schema),
    begin,
    settle,
    mask(row, run) {
      if (run !== undefined) return maskSafely(fields, row, run);
      const once = begin(0);
      const masked = maskSafely(fields, row, once);
      settle(once);
      return masked;
    },
    check(masked) {
      check ??= compilePlain(outputSchema, surroundings);
      return check(masked);
    },
    columns: () =>
      (columns ??= {
        of: compileColumns(nodes, (node) =>
          compilePlain(maskedSchema(schema, [node], tolerated > 0), surroundings),
        ),
      }).of,
  };
}

/** Stops the exchange before its first byte when a mask throws. The thrown error may contain a value, so it is not passed on. */
function maskSafely(fields: MaskedFields, row: Row, run: MaskRun): Record<string, unknown> {
  try {
    return maskRow(fields, row, run);
  } catch (error) {
    throw error instanceof Problem ? error : new Problem('masked_row_invalid');
  }
}

/**
 * Handles the common case, a text, before the general one: one call less for every field. The object begins as a copy of an empty one with
 * all fields, which is cheaper than adding members one by one.
 */
function maskRow({ nodes, blank }: MaskedFields, row: Row, run: MaskRun): Record<string, unknown> {
  const masked: Record<string, unknown> = { ...blank };
  let absent = false;
  for (const { name, text, run: general } of nodes) {
    const stored = row[name];
    if (typeof stored === 'string' && text !== undefined) {
      masked[name] = text === null || stored === '' ? stored : text(stored, row, run);
    } else {
      const value = general(stored, row, run);
      masked[name] = value;
      if (value === undefined) absent = true;
    }
  }
  return absent ? withoutAbsent(nodes, masked) : masked;
}

function withoutAbsent(
  nodes: readonly MaskNode[],
  masked: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const present: Record<string, unknown> = {};
  for (const { name } of nodes) if (masked[name] !== undefined) present[name] = masked[name];
  return present;
}

/** The members of a masked row, and an object that has all of them. */
interface MaskedFields {
  readonly nodes: readonly MaskNode[];
  readonly blank: Readonly<Record<string, unknown>>;
}

function masksOf(all: readonly MaskNode[]): MaskedFields {
  const nodes = all.filter(({ output }) => !isNever(output));
  const names = nodes.map(({ name }) => [name, null] as const);
  // an object from JSON is allocated for all its members
  const blank = JSON.parse(JSON.stringify(Object.fromEntries(names))) as Record<string, unknown>;
  return { nodes, blank };
}

function storedFieldsOf(nodes: readonly MaskNode[], schema: DatasetSchema): readonly string[] {
  const read = new Set(nodes.flatMap((node) => [rootOf(node.name), ...node.reads]));
  return schema.fields.map((field) => field.name).filter((name) => read.has(name));
}

/**
 * The closed schema of a masked row: the granted fields alone, each after its mask. Consumers generate types from it, and every masked row
 * is checked against it.
 */
function maskedSchema(schema: DatasetSchema, nodes: readonly MaskNode[], lenient: boolean): JsonSchema {
  const title: unknown = schema.document['x-title'];
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...defined({ 'x-title': title }),
    ...objectSchema(nodes, lenient),
  };
}
