/** The keywords of the profile and the limits that make compilation and validation cheap. */
import { vocabulary } from '../vocabulary/keywords.ts';

export const limits = {
  bytes: 262_144,
  depth: 32,
  nodes: 2000,
  properties: 300,
  expandedNodes: 5000,
  uniqueItems: 1000,
  patternLength: 256,
  nameBytes: 63,
} as const;

/** Keywords with one sub-schema that applies to the same value. */
export const inPlaceOne = ['not', 'if', 'then', 'else'] as const;
/** Keywords with a list of sub-schemas that apply to the same value. */
export const inPlaceMany = ['allOf', 'anyOf', 'oneOf'] as const;
/** Keywords with one sub-schema that applies to a part of the value. */
export const partOne = [
  'items',
  'contains',
  'additionalProperties',
  'unevaluatedProperties',
  'propertyNames',
] as const;
/** Keywords with a map of sub-schemas; dependentSchemas applies to the same value, the others to a part or nothing. */
export const mapMany = ['properties', 'patternProperties', '$defs', 'dependentSchemas'] as const;

const plain = [
  '$schema',
  '$id',
  '$ref',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'type',
  'enum',
  'const',
  'multipleOf',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'format',
  'maxItems',
  'minItems',
  'uniqueItems',
  'maxContains',
  'minContains',
  'prefixItems',
  'maxProperties',
  'minProperties',
  'required',
  'dependentRequired',
];

/** Every keyword that a steward's schema may use. */
export const allowedKeywords: ReadonlySet<string> = new Set([
  ...plain,
  ...inPlaceOne,
  ...inPlaceMany,
  ...partOne,
  ...mapMany,
  ...vocabulary.map(({ name }) => name),
]);

/** Keywords of JSON Schema, old drafts and other tools that are rejected by name, so that the finding does not call them a typo. */
export const refusedKeywords: ReadonlySet<string> = new Set([
  '$async',
  '$anchor',
  '$dynamicRef',
  '$dynamicAnchor',
  '$recursiveRef',
  '$recursiveAnchor',
  '$vocabulary',
  '$data',
  'definitions',
  'dependencies',
  'additionalItems',
  'unevaluatedItems',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
  'id',
  'nullable',
  'discriminator',
  'formatMinimum',
  'formatMaximum',
  'instanceof',
  'typeof',
  'transform',
  'regexp',
  'errorMessage',
]);
