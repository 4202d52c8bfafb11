/** Rows as a first agreement would usually give them: shown to a person before a dataset is registered. */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { Surroundings } from '../../schemas/surroundings.ts';
import type { FieldGrant } from '../decision.ts';
import type { Row } from './mask.ts';
import { pseudonymKeys } from './pseudonyms/pseudonymKey.ts';
import { readMaskRule } from './readMaskRule.ts';
import { compileMasking } from './rows/compileMasking.ts';
import { usualMask } from './usualMask.ts';

/**
 * @param now Unix milliseconds
 * @returns for each row the texts of the schema's fields, in their order; undefined where a field is withheld or empty
 */
export function maskedSample(
  rows: readonly Row[],
  schema: DatasetSchema,
  surroundings: Surroundings,
  now: number,
): (string | undefined)[][] {
  const grants = schema.fields.flatMap((field): FieldGrant[] => {
    const read = readMaskRule(usualMask(field) ?? { mask: 'drop' });
    return 'use' in read ? [{ field: field.name, mask: read.use, floors: [] }] : [];
  });
  const masking = compileMasking(grants, schema, pseudonymKeys(new Uint8Array(32)), 'sample', surroundings);
  return rows.map((row) => {
    const masked = masking.mask(row, masking.begin(now));
    return schema.fields.map(({ name }) => textOf(masked[name]));
  });
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
