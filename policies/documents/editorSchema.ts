import { isSchemaObject } from '../../schemas/jsonSchema.ts';
import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import { maskCatalogue } from '../masks/catalogue.ts';
import { paramsSchema } from '../masks/params.ts';
import { agreementSchema, maskRule, restrictionSchema } from './documentSchemas.ts';

/** The JSON Schema of a kind of document with every mask and its parameters spelled out, for editors that complete and underline. */
export function editorSchema(kind: 'Agreement' | 'Restriction'): JsonSchema {
  const rule = {
    oneOf: maskCatalogue.map(({ name, title, params }) => maskChoice(name, title.en, paramsSchema(params))),
  };
  return replaced(kind === 'Agreement' ? agreementSchema : restrictionSchema, rule) as JsonSchema;
}

function maskChoice(name: string, title: string, params: JsonSchema): JsonSchema {
  const { properties, required } = params as { properties: JsonSchema; required: readonly string[] };
  return {
    ...params,
    title,
    required: ['mask', ...required],
    properties: { mask: { const: name }, ...properties },
  };
}

function replaced(value: unknown, rule: JsonSchema): unknown {
  if (value === maskRule) return rule;
  if (Array.isArray(value)) return value.map((item) => replaced(item, rule));
  if (!isSchemaObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, replaced(member, rule)]));
}
