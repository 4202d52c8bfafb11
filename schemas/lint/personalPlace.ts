import type { JsonSchema } from '../datasetSchema.ts';
import type { Resolve } from '../references.ts';
import { placeWhere } from './placeWhere.ts';

/** Pointer of the first place of a document that is personal data, at any depth. Undefined when there is none. */
export const personalPlace = (document: JsonSchema, resolve: Resolve): string | undefined =>
  placeWhere(
    document,
    resolve,
    ({ 'x-personal': personal }) => personal === 'personal' || personal === 'sensitive',
  );
