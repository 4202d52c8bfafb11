import type { Restriction, RestrictionScope } from '../documents/documentChecks.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import { perPlace } from '../meetsCondition.ts';
import { parsePath, placeOf } from '../masks/rows/fieldPath.ts';

/** Properties of a field that a Restriction can match. A nested place inherits those that its own sub-schema does not set. */
export interface FieldTags {
  readonly name: string;
  readonly semantic: string | undefined;
  readonly sensitivity: string;
  readonly personal: string;
  readonly classification: string | undefined;
}

export const tagsOf = perPlace(readTags);

function readTags(schema: DatasetSchema, path: string): FieldTags | undefined {
  const steps = parsePath(path);
  const field = schema.fields.find((one) => one.name === steps[0]?.name);
  if (field === undefined) return undefined;
  const own = steps.length === 1 ? undefined : placeOf(schema, path)?.schema;
  const tag = (keyword: string, inherited: string | undefined): string | undefined => {
    const value = own?.[keyword];
    return typeof value === 'string' ? value : inherited;
  };
  return {
    name: steps.at(-1)?.name ?? field.name,
    semantic: tag('x-semantic', field.semantic),
    sensitivity: tag('x-sensitivity', field.sensitivity) ?? field.sensitivity,
    personal: tag('x-personal', field.personal) ?? field.personal,
    classification: tag('x-class', field.classification),
  };
}

/**
 * Whether a Restriction applies to one field of a dataset for a purpose.
 * @param line the purpose and all its ancestors (`purposeAncestors`)
 */
export const bites = (
  { when }: Pick<Restriction, 'when'>,
  tags: FieldTags,
  dataset: string,
  line: readonly string[],
): boolean => bitesOnField(when, tags) && bitesOnDataset(when, dataset) && bitesForPurpose(when, line);

/** The three parts of the test separately, for callers that do not yet know the others. */
export const bitesOnField = (when: RestrictionScope, tags: FieldTags): boolean =>
  matches(when.semantic, tags.semantic) &&
  matches(when.sensitivity, tags.sensitivity) &&
  matches(when.personal, tags.personal) &&
  matches(when.classification, tags.classification) &&
  matches(when.field, tags.name);

export const bitesOnDataset = (when: RestrictionScope, dataset: string): boolean =>
  matches(when.dataset, dataset);

export const bitesForPurpose = (when: RestrictionScope, line: readonly string[]): boolean =>
  (when.purposeUnder === undefined || when.purposeUnder.some((code) => line.includes(code))) &&
  (when.purposeNotUnder === undefined || !when.purposeNotUnder.some((code) => line.includes(code)));

const matches = (wanted: readonly string[] | undefined, has: string | undefined): boolean =>
  wanted === undefined || (has !== undefined && wanted.includes(has));
