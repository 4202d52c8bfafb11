/** The mask that a field usually gets in a first agreement: a proposal for a person to review, never a decision. */
import { isPlaceSchema } from '../../schemas/places/point.ts';
import type { SchemaField } from '../../schemas/datasetSchema.ts';

type MaskRule = Readonly<Record<string, unknown>> & { readonly mask: string };

const byFormat: Readonly<Record<string, MaskRule>> = {
  'cn-resident-id': { mask: 'idCard', head: 6, tail: 0 },
  'cn-mobile': { mask: 'phone', head: 3, tail: 4 },
  'cn-bank-card': { mask: 'bankCard', bin: 0, tail: 4 },
};

const byTag: Readonly<Record<string, MaskRule>> = {
  'person.name': { mask: 'personName' },
  'address.full': { mask: 'address', level: 'county' },
};

/**
 * Chooses by format and meaning, else by level: L1 and L2 unchanged, a text of L3 by its first character. A place of L3 is
 * granted by the cell of a grid. A field of L4, and any other L3 field that is no text, is not granted.
 * @returns undefined where the field is omitted
 */
export function usualMask({ schema, format, type }: SchemaField): MaskRule | undefined {
  const level = schema['x-sensitivity'];
  if (level === 'L4') return undefined;
  const tag = schema['x-semantic'];
  const special =
    (format === undefined ? undefined : byFormat[format]) ??
    (typeof tag === 'string' ? byTag[tag] : undefined);
  if (special !== undefined) return special;
  if (level === 'L1' || level === 'L2') return { mask: 'clear' };
  if (isPlaceSchema(schema)) return { mask: 'geoGrid', metres: 1000 };
  return type === 'string' && format === undefined && schema['x-code'] === undefined
    ? { mask: 'keep', head: 1, tail: 0 }
    : undefined;
}
