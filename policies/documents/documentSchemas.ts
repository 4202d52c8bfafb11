/** JSON Schemas (2020-12) of the policy documents: closed objects at every level, so that an unknown word is always rejected. */
import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import { semanticTags } from '../../schemas/vocabulary/keywords.ts';
import { fieldNamePattern } from '../../terms/fieldName.ts';
import { caseNumberSigns } from '../../terms/caseNumberSigns.ts';

const slug = { type: 'string', pattern: '^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$', minLength: 2, maxLength: 60 };
const dataset = { type: 'string', pattern: '^[a-z][a-z0-9-]{1,39}\\.[a-z][a-z0-9-]{1,59}$', maxLength: 101 };
const shortSchema = { type: 'string', pattern: '^[a-z][a-z0-9-]{0,59}@[1-9][0-9]{0,3}$', maxLength: 70 };
const field = { type: 'string', pattern: `^${fieldNamePattern}$`, maxLength: 63 };
const time = {
  type: 'string',
  pattern:
    '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,3})?)?(?:Z|[+-](?:0\\d|1[0-4]):[0-5]\\d)$',
  maxLength: 40,
};
const period = {
  type: 'string',
  pattern: '^P(?:[1-9][0-9]{0,3}[YMWD]){1,4}$',
  maxLength: 24,
};
/** `#` a digit, `*` digits, `@` a letter; the other characters are those that case numbers contain */
const caseForm = {
  type: 'string',
  pattern: `^[#*@${caseNumberSigns}]{2,60}$`,
  maxLength: 60,
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
  subjectsPerCall: { ...count, maximum: 10_000 },
  callsPerDay: count,
  rowsPerDay: { ...count, maximum: 1_000_000_000_000 },
  bytesPerDay: { ...count, maximum: 1_000_000_000_000_000 },
  streamsAtOnce: { ...count, maximum: 1000 },
  maskTypeErrors: { type: 'integer', minimum: 0, maximum: 1000 },
  cacheSeconds: { type: 'integer', minimum: 0, maximum: 86_400 },
});

const requires = words({ enum: ['on-behalf-of', 'matter', 'lookup'] });

const rowRule = {
  oneOf: [
    closed(['field', 'op', 'value'], { field, op: { enum: ['eq', 'in', 'range'] }, value: true as never }),
    closed(['field', 'is'], { field, is: { const: 'own-region' } }),
  ],
};

const scalar = { anyOf: [{ type: 'string', maxLength: 1000 }, { type: 'number' }, { type: 'boolean' }] };
const day = { enum: ['today', 'asked'] };
const years = { type: 'integer', minimum: 1, maximum: 120 };
const factConditions: readonly JsonSchema[] = [
  closed(['field', 'ageAtLeast'], { field, ageAtLeast: years }),
  closed(['field', 'ageBelow'], { field, ageBelow: years }),
  closed(['field', 'in'], { field, in: words(scalar) }),
  closed(['field', 'equals'], { field, equals: { const: 'asked' } }),
  closed(['field', 'notAfter'], { field, notAfter: day }),
  closed(['field', 'notBefore'], { field, notBefore: day, openEnded: { type: 'boolean' } }),
];
const fact = closed(['id', 'title', 'all', 'limits'], {
  id: slug,
  title: bilingual,
  all: { type: 'array', items: { oneOf: factConditions }, minItems: 1, maxItems: 10 },
  limits: closed(['callsPerDay'], { callsPerDay: count, perSubjectPerDay: { ...count, maximum: 1_000 } }),
});

const aggregate = closed(['id', 'title', 'by', 'minGroup'], {
  id: slug,
  title: bilingual,
  by: { ...words(field), maxItems: 3 },
  sum: { ...words(field), maxItems: 5 },
  minGroup: { type: 'integer', minimum: 5, maximum: 10_000 },
});

/** `contacts[].phone`: path of a field inside objects and arrays */
const pathPattern = `^${fieldNamePattern}(?:\\[\\])?(?:\\.${fieldNamePattern}(?:\\[\\])?){0,7}$`;

const linkage = closed(['id', 'epoch', 'members'], {
  id: slug,
  epoch: { type: 'integer', minimum: 1, maximum: 9999 },
  members: {
    type: 'array',
    items: closed(['dataset', 'field'], {
      dataset,
      field: { type: 'string', pattern: pathPattern, maxLength: 600 },
    }),
    minItems: 2,
    maxItems: 20,
    uniqueItems: true,
  },
});

const grant = closed(['dataset', 'schema', 'fields'], {
  dataset,
  schema: shortSchema,
  purposes: words(slug),
  rows: closed(['all'], { all: { type: 'array', items: rowRule, minItems: 1, maxItems: 50 } }),
  filterBy: words(field),
  lookupBy: words(field),
  deliveries: words({ enum: ['batch', 'stream', 'export', 'changes', 'events', 'latest', 'history'] }),
  requires,
  limits,
  facts: { type: 'array', items: fact, minItems: 1, maxItems: 50 },
  aggregates: { type: 'array', items: aggregate, minItems: 1, maxItems: 50 },
  fields: {
    type: 'object',
    maxProperties: 300,
    propertyNames: { pattern: pathPattern },
    additionalProperties: maskRule,
  },
  reasons: {
    type: 'object',
    minProperties: 1,
    maxProperties: 300,
    propertyNames: { pattern: pathPattern },
    additionalProperties: { type: 'string', pattern: '\\S', maxLength: 200 },
  },
  consent: closed(['required'], {
    required: { const: true },
    guardianUnder: { type: 'integer', minimum: 1, maximum: 18 },
    birth: field,
    guardian: field,
    collectors: words(slug),
  }),
  obligations: {
    type: 'array',
    maxItems: 20,
    items: closed(['id'], {
      id: { enum: ['delete-after', 'notify-subject', 'report-use', 'no-onward-sharing'] },
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
  if: { properties: { type: { not: { const: 'consent' } } } },
  then: { required: ['reference'] },
};

export const agreementSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:datong:meta:agreement:1.0',
  title: 'Agreement',
  ...closed(['kind', 'id', 'version', 'provider', 'consumer', 'purposes', 'basis', 'valid', 'grants'], {
    kind: { const: 'Agreement' },
    format: { const: 2 },
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
    assessment: { type: 'string', pattern: '^[0-9a-f]{64}$', maxLength: 64 },
    approval: closed(['number', 'resource', 'sha256'], {
      number: { type: 'string', minLength: 2, maxLength: 80 },
      resource: { type: 'string', minLength: 2, maxLength: 80 },
      sha256: { type: 'string', pattern: '^[0-9a-f]{64}$', maxLength: 64 },
    }),
    matters: {
      type: 'array',
      maxItems: 100,
      items: closed(['code', 'title', 'cases', 'materials'], {
        code: slug,
        title: bilingual,
        cases: words(caseForm),
        materials: { type: 'array', items: bilingual, minItems: 1, maxItems: 50 },
      }),
    },
    entrusted: {
      type: 'array',
      maxItems: 100,
      items: closed(['department'], { department: slug, limits, fields: words(field) }),
    },
    linkages: { type: 'array', items: linkage, minItems: 1, maxItems: 50 },
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
        semantic: words({ enum: semanticTags }),
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
