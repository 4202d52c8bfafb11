/** Fields whose values name files: a row has the id of an attachment, never its bytes. */
import type { DatasetSchema, JsonSchema } from './datasetSchema.ts';
import { isSchemaObject } from './jsonSchema.ts';

/** Media types that an attachment may have. Each is recognised by its first bytes; none of them runs code in a browser. */
export const attachmentTypes = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'application/pdf',
  'audio/mpeg',
  'video/mp4',
] as const;
export type AttachmentType = (typeof attachmentTypes)[number];

/** 100 MiB */
export const maxAttachmentBytes = 104_857_600;

export interface AttachmentField {
  readonly field: string;
  /** the value is a list of ids */
  readonly isList: boolean;
  readonly mediaTypes: readonly AttachmentType[];
  readonly maxBytes: number;
}

const known = new WeakMap<DatasetSchema, readonly AttachmentField[]>();

/** The attachment fields of a schema version; the same list for the same schema. */
export function attachmentFields(schema: DatasetSchema): readonly AttachmentField[] {
  const found =
    known.get(schema) ??
    schema.fields.flatMap(({ name, type, schema: own }): AttachmentField[] => {
      const isList = type === 'array';
      const described = isList ? own['items'] : own;
      const rules = isSchemaObject(described) ? rulesOf(described) : undefined;
      return rules === undefined ? [] : [{ field: name, isList, ...rules }];
    });
  known.set(schema, found);
  return found;
}

/** Lint has checked the shape of the keyword. */
const rulesOf = (schema: JsonSchema): Pick<AttachmentField, 'mediaTypes' | 'maxBytes'> | undefined =>
  isSchemaObject(schema['x-attachment'])
    ? (schema['x-attachment'] as unknown as Pick<AttachmentField, 'mediaTypes' | 'maxBytes'>)
    : undefined;
