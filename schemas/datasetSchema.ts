/** A schema version as the modules use it: the document and the data that the hub derives from it. */
import type { Bilingual } from '../terms/bilingual.ts';

/** Any JSON Schema object; keywords are read through the accessors of this module. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

export type Sensitivity = 'L1' | 'L2' | 'L3' | 'L4';
export type FieldType = 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array';

export interface SchemaField {
  readonly name: string;
  readonly title: Bilingual;
  readonly type: FieldType;
  readonly nullable: boolean;
  readonly required: boolean;
  readonly format?: string;
  readonly sensitivity: Sensitivity;
  readonly personal: 'none' | 'personal' | 'sensitive';
  /** x-semantic, e.g. `cn.resident-id` */
  readonly semantic?: string;
  /** x-class of the field, otherwise of the root */
  readonly classification?: string;
  /** the field's own sub-schema, references resolved */
  readonly schema: JsonSchema;
}

export interface DatasetSchema {
  /** `urn:datong:<name>:<major>.<minor>` */
  readonly urn: string;
  readonly name: string;
  readonly major: number;
  readonly minor: number;
  /** hex SHA-256 of the canonical text of the document */
  readonly digest: string;
  readonly title: Bilingual;
  readonly document: JsonSchema;
  /** documents of other schema versions that this one refers to by URN, including indirect ones */
  readonly references?: readonly JsonSchema[];
  /** top-level properties in the document's order */
  readonly fields: readonly SchemaField[];
  /** names of top-level fields, from x-primary-key */
  readonly primaryKey: readonly string[];
  /** the field that identifies the subject of a row */
  readonly subject?: { readonly field: string; readonly kind: 'person' | 'organization' | 'place' };
}
