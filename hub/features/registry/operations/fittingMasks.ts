import type { MaskUse } from '../../../../policies/decision.ts';
import { maskCatalogue } from '../../../../policies/masks/catalogue.ts';
import { readMaskRule, type ReadMaskRule } from '../../../../policies/masks/readMaskRule.ts';
import { isObject } from '../../../../policies/masks/rows/fieldPath.ts';
import type { SchemaField } from '../../../../schemas/datasetSchema.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { maskedBy, shown } from './inventedRow.ts';

type Row = Readonly<Record<string, unknown>>;
type Read = Extract<ReadMaskRule, { readonly use: MaskUse }>;

/**
 * The masks that a person may choose from for a field: the one that its schema proposes first, then those of the catalogue whose parameters
 * need not be given; each with what it makes of the invented value.
 * @param now Unix milliseconds
 */
export function fittingMasks(dataset: LiveDataset, field: SchemaField, row: Row, now: number) {
  const proposed = proposedFor(field);
  const others = maskCatalogue.flatMap(({ name, types, formats }) => {
    const fits = types.includes(field.type) && (formats?.includes(field.format ?? '') ?? true);
    if (!fits || name === 'drop') return [];
    const read = readMaskRule({ mask: name, ...impliedParams(name, dataset) });
    return 'use' in read && !sameUse(read.use, proposed?.use) ? [read] : [];
  });
  return [...(proposed === undefined ? [] : [proposed]), ...others].flatMap(({ mask, use }) => {
    const value = valueUnder(use, dataset, field.name, row, now);
    if (value === undefined) return [];
    const rule = { mask: use.name, ...use.params };
    return [
      {
        ...{ rule, title: mask.title, reveals: mask.reveals(use.params), proposed: use === proposed?.use },
        ...(field.name in row ? { value } : {}),
      },
    ];
  });
}

/** A pseudonym joins what the schema says a row is about; without a subject there is nothing to join. */
const impliedParams = (mask: string, { schema }: LiveDataset): Readonly<Record<string, unknown>> =>
  mask === 'pseudonym' && schema.subject !== undefined ? { domain: schema.subject.kind } : {};

function proposedFor({ schema }: SchemaField): Read | undefined {
  const { 'x-mask': proposal } = schema;
  if (!isObject(proposal) || typeof proposal['name'] !== 'string') return undefined;
  const { name, params } = proposal;
  const read = readMaskRule({ ...(isObject(params) ? params : {}), mask: name });
  return 'use' in read ? read : undefined;
}

const sameUse = (one: MaskUse, other: MaskUse | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** undefined: the mask does not go with this field after all. */
function valueUnder(
  use: MaskUse,
  dataset: LiveDataset,
  field: string,
  row: Row,
  now: number,
): string | undefined {
  try {
    return shown(maskedBy([{ field, mask: use, floors: [] }], dataset, '', row, now)[field] ?? null);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
