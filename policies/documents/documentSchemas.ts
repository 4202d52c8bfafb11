/** JSON Schemas (2020-12) of the policy documents: closed objects all the way down, so that an unknown word is always refused. */
import type { JsonSchema } from '../../schemas/datasetSchema.ts';

const slug = { type: 'string', pattern: '^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$', minLength: 2, maxLength: 60 };
const dataset = { type: 'string', pattern: '^[a-z][a-z0-9-]{1,39}\\.[a-z][a-z0-9-]{1,59}$', maxLength: 101 };
const shortSchema = { type: 'string', pattern: '^[a-z][a-z0-9-]{0,59}@[1-9][0-9]{0,3}$', maxLength: 70 };
const field = { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_]{0,62}$', maxLength: 63 };
const time = {
  type: 'string',
  pattern:
    '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,3})?)?(?:Z|[+-](?:0\\d|1[0-4]):[0-5]\\d)$',
  maxLength: 40,
};
const period = {
  type: 'string',
  pattern: '^P(?:[1-9][0-9]{0,4}[YMWD]){1,3}$',
  maxLength: 20,
};
const words = (of: JsonSchema, minItems = 1): JsonSchema => ({
  type: 'array',
  items: of,
  minItems,
  maxItems: 500,
  uniqueItems: true,
});
const closed = (required: readonly string[], properties: Record<string, JsonSchema>): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
const text = { type: 'string', minLength: 1, maxLength: 400 };
const bilingual = closed(['zh', 'en'], { zh: text, en: text });
const count = { type: 'integer', minimum: 1, maximum: 1_000_000_000 };
const version = { type: 'integer', minimum: 1, maximum: 1_000_000 };

/** The mask's own parameters are checked against its parameter schema in the catalogue of masks. */
export const maskRule = {
  type: 'object',
  required: ['mask'],
  properties: { mask: { type: 'string', maxLength: 40 } },
  additionalProperties: true,
};

const limits = closed([], {
  rowsPerCall: { ...count, maximum: 10_000 },
  callsPerDay: count,
  minGroup: { type: 'integer', minimum: 2, maximum: 1000 },
  maskTypeErrors: { type: 'integer', minimum: 0, maximum: 1000 },
});

const requires = words({ enum: ['on-behalf-of', 'matter', 'lookup'] });

const rowRule = {
  oneOf: [
    closed(['field', 'op', 'value'], { field, op: { enum: ['eq', 'in', 'range'] }, value: true as never }),
    closed(['field', 'is'], { field, is: { const: 'own-region' } }),
  ],
};

const grant = closed(['dataset', 'schema', 'fields'], {
  dataset,
  schema: shortSchema,
  purposes: words(slug),
  rows: closed(['all'], { all: { type: 'array', items: rowRule, minItems: 1, maxItems: 50 } }),
  filterBy: words(field),
  lookupBy: words(field),
  requires,
  limits,
  fields: {
    type: 'object',
    minProperties: 1,
    maxProperties: 300,
    propertyNames: {
      pattern: '^[A-Za-z][A-Za-z0-9_]{0,62}(?:\\[\\])?(?:\\.[A-Za-z][A-Za-z0-9_]{0,62}(?:\\[\\])?){0,7}$',
    },
    additionalProperties: maskRule,
  },
  consent: closed(['required'], {
    required: { const: true },
    guardianUnder: { type: 'integer', minimum: 1, maximum: 18 },
  }),
  obligations: {
    type: 'array',
    maxItems: 20,
    items: closed(['id'], {
      id: { enum: ['delete-after', 'no-onward-sharing', 'notify-subject', 'report-use'] },
      period,
    }),
  },
});

const basis = {
  ...closed(['type'], {
    type: { enum: ['consent', 'statutory', 'contract', 'emergency', 'public-disclosed'] },
    reference: text,
    clause: text,
  }),
  if: { properties: { type: { enum: ['statutory', 'contract'] } } },
  then: { required: ['reference'] },
};

export const agreementSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:datong:meta:agreement:1.0',
  title: 'Agreement',
  ...closed(['kind', 'id', 'version', 'provider', 'consumer', 'purposes', 'basis', 'valid', 'grants'], {
    kind: { const: 'Agreement' },
    id: slug,
    version,
    title: bilingual,
    provider: slug,
    consumer: {
      oneOf: [slug, closed(['department', 'subtree'], { department: slug, subtree: { const: true } })],
    },
    purposes: words(slug),
    basis,
    valid: closed(['from', 'until'], { from: time, until: time }),
    automatic: { type: 'boolean' },
    matters: {
      type: 'array',
      maxItems: 100,
      items: closed(['code', 'title', 'materials'], {
        code: slug,
        title: bilingual,
        materials: { type: 'array', items: bilingual, minItems: 1, maxItems: 50 },
      }),
    },
    entrusted: {
      type: 'array',
      maxItems: 100,
      items: closed(['department'], { department: slug, limits, fields: words(field) }),
    },
    grants: { type: 'array', items: grant, minItems: 1, maxItems: 200 },
  }),
};

export const restrictionSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:datong:meta:restriction:1.0',
  title: 'Restriction',
  ...closed(['kind', 'id', 'version', 'when'], {
    kind: { const: 'Restriction' },
    id: slug,
    version,
    title: bilingual,
    when: {
      ...closed([], {
        semantic: words({ type: 'string', pattern: '^[a-z][a-z0-9.-]*$', maxLength: 60 }),
        sensitivity: words({ enum: ['L1', 'L2', 'L3', 'L4'] }),
        personal: words({ enum: ['none', 'personal', 'sensitive'] }),
        classification: words({ enum: ['core', 'important', 'general'] }),
        dataset: words(dataset),
        field: words(field),
        purposeUnder: words(slug),
        purposeNotUnder: words(slug),
      }),
      minProperties: 1,
    },
    floor: maskRule,
    requires,
    limits,
  }),
  anyOf: [{ required: ['floor'] }, { required: ['requires'] }, { required: ['limits'] }],
};
