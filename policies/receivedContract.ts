/** One dataset as one consumer may call it: a dedicated OpenAPI document, generated from the plan that decides its calls. */
import type { Bilingual } from '../terms/bilingual.ts';
import type { JsonSchema } from '../schemas/datasetSchema.ts';
import { isPlaceSchema } from '../schemas/places/point.ts';
import type { Plan } from './plans/plan.ts';

/** URL and name of the called dataset. */
export interface ContractPlace {
  /** origin of the exchange listener */
  readonly origin: string;
  readonly title: Bilingual;
}

/** maximum rows of a page, values of a term, and so on */
const limits = { page: 1000, values: 1000, terms: 20, sorts: 8, batch: 10_000 };

/**
 * OpenAPI 3.1 of the possible requests and answers of a consumer under one plan: only granted fields, filters, sorting and facts, and
 * records after their masks. A request that conforms is not rejected for its form; every answer of the hub conforms.
 * @param record JSON Schema of a masked row (maskedDataset)
 */
export function receivedContract(plan: Plan, record: JsonSchema, { origin, title }: ContractPlace): object {
  const { ref, schema, agreement, grant, facts, granted } = plan;
  const { deliveries = [] } = grant;
  const at = `/v1/datasets/${ref.dataset}`;
  const rows = granted.size > 0;
  const paths = {
    ...(rows ? { [`${at}/query`]: pathItem(plan, 'query', 'Query', 'Answer') } : {}),
    ...(rows && deliveries.includes('batch')
      ? { [`${at}/batch-query`]: pathItem(plan, 'batchQuery', 'BatchQuestion', 'BatchAnswer') }
      : {}),
    ...(rows && deliveries.includes('stream')
      ? { [`${at}/stream`]: pathItem(plan, 'stream', 'StreamQuestion', undefined) }
      : {}),
    ...Object.fromEntries(
      [...facts.keys()].map((id) => [
        `${at}/facts/${id}`,
        pathItem(plan, `fact-${id}`, `Question-${id}`, 'FactAnswer'),
      ]),
    ),
  };
  return {
    openapi: '3.1.0',
    info: {
      title: `${title.zh} / ${title.en}`,
      version: `${schema.major}.${schema.minor}`,
      description: `${ref.consumer} · ${ref.agreement}@${agreement.version} · ${ref.purpose} · ${schema.urn}`,
    },
    servers: [{ url: origin }],
    security: [{ certificate: [] }],
    paths,
    components: {
      securitySchemes: {
        certificate: {
          type: 'mutualTLS',
          description: 'and a signature of the request (RFC 9421), profile datong-sig-1',
        },
      },
      schemas: { ...(rows ? rowSchemas(plan, record) : {}), ...factSchemas(plan), Problem: problem },
    },
  };
}

const problem = {
  type: 'object',
  required: ['type', 'status', 'code'],
  properties: { type: { type: 'string' }, status: { type: 'integer' }, code: { type: 'string' } },
};

const refTo = (name: string): object => ({ $ref: `#/components/schemas/${name}` });

/** @param answer absent: NDJSON, a record a line, a signed statement as the last */
function pathItem(plan: Plan, operationId: string, question: string, answer: string | undefined): object {
  const content =
    answer === undefined
      ? { 'application/x-ndjson': { schema: { type: 'string' } } }
      : { 'application/json': { schema: refTo(answer) } };
  return {
    post: {
      operationId,
      parameters: headersOf(plan),
      requestBody: { required: true, content: { 'application/json': { schema: refTo(question) } } },
      responses: {
        '200': { description: plan.ref.agreement, content },
        default: {
          description: 'refused, with the reason',
          content: { 'application/problem+json': { schema: refTo('Problem') } },
        },
      },
    },
  };
}

function headersOf({ ref, needs }: Plan): readonly object[] {
  const header = (name: string, required: boolean, schema: object): object => ({
    name,
    in: 'header',
    required,
    schema,
  });
  return [
    header('datong-purpose', true, { const: ref.purpose }),
    header('datong-agreement', true, { const: ref.agreement }),
    header('datong-on-behalf-of', needs.onBehalfOf, { type: 'string' }),
    header('datong-matter', needs.matter, { type: 'string' }),
  ];
}

/** Schemas of requests for rows and of their answers. */
function rowSchemas(plan: Plan, record: JsonSchema): Readonly<Record<string, object>> {
  const { granted, lookups, filterable, needs, whole } = plan;
  const fields = [...granted.keys()];
  const names = { type: 'array', minItems: 1, uniqueItems: true, items: { enum: fields } };
  const terms = [
    ...[...filterable].map((field) => term(field, operatorsOf(plan, field))),
    ...[...lookups].filter((field) => !filterable.has(field)).map((field) => term(field, ['eq'])),
  ];
  const filter =
    terms.length === 0
      ? { type: 'array', maxItems: 0 }
      : { type: 'array', maxItems: limits.terms, items: { oneOf: terms } };
  const sorts = [...filterable].filter((field) => !isJson(plan, field)).flatMap((one) => [one, `-${one}`]);
  const sort =
    sorts.length === 0
      ? { type: 'array', maxItems: 0 }
      : { type: 'array', maxItems: limits.sorts, items: { enum: sorts } };
  const limit = { type: 'integer', minimum: 1, maximum: Math.min(limits.page, whole.limits.rowsPerCall) };
  const values = {
    type: 'array',
    minItems: 1,
    maxItems: Math.min(limits.batch, whole.limits.subjectsPerCall ?? limits.batch),
  };
  const commonMembers = {
    withheld: { type: 'object', additionalProperties: { type: 'string' } },
    obligations: { type: 'array', items: { type: 'object' } },
    notes: { type: 'array', items: { type: 'object' } },
  };
  const counts = { type: 'object', required: ['delivered'], properties: { delivered: { type: 'integer' } } };
  return {
    Record: record,
    Query: closed(
      { fields: names, filter, sort, limit, cursor: { type: 'string' } },
      needs.lookup ? ['filter'] : [],
    ),
    StreamQuestion: closed({ fields: names, filter }, []),
    BatchQuestion: closed({ by: { enum: [...lookups] }, values, fields: names }, ['by', 'values']),
    Answer: closed(
      {
        records: { type: 'array', items: refTo('Record') },
        rows: counts,
        nextCursor: { type: 'string' },
        ...commonMembers,
      },
      ['records', 'withheld', 'rows'],
    ),
    BatchAnswer: closed(
      { outcomes: { type: 'array', items: refTo('Outcome') }, rows: counts, ...commonMembers },
      ['outcomes', 'withheld', 'rows'],
    ),
    Outcome: closed(
      {
        records: { type: 'array', minItems: 1, items: refTo('Record') },
        more: { const: true },
        code: { enum: ['not_found', 'consent_missing'] },
      },
      [],
    ),
  };
}

const isJson = ({ fieldsOfSchema }: Plan, field: string): boolean =>
  ['object', 'array'].includes(fieldsOfSchema.get(field)?.type ?? '');

/** A place is compared by `within` alone. */
const operatorsOf = (plan: Plan, field: string): readonly string[] => {
  const schema = plan.fieldsOfSchema.get(field)?.schema;
  return schema !== undefined && isPlaceSchema(schema) ? ['within'] : ['eq', 'in', 'range'];
};

const closed = (properties: object, required: readonly string[]): object => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...(required.length === 0 ? {} : { required }),
});

const term = (field: string, operations: readonly string[]): object =>
  closed({ field: { const: field }, op: { enum: operations }, value: {} }, ['field', 'op', 'value']);

/** Schemas of questions about one subject, without any row. */
function factSchemas({ facts }: Plan): Readonly<Record<string, object>> {
  if (facts.size === 0) return {};
  const questions = [...facts].map(([id, { asks, title }]): [string, object] => {
    const properties = {
      subject: { type: 'string', minLength: 1 },
      ...(asks.day ? { on: { type: 'string', format: 'date' } } : {}),
      ...(asks.value === undefined ? {} : { value: { type: asks.value.type } }),
    };
    const text = { description: `${title.zh} / ${title.en}` };
    return [`Question-${id}`, { ...text, ...closed(properties, Object.keys(properties)) }];
  });
  const answer = { enum: ['yes', 'no', 'unknown'] };
  const notes = { type: 'array', items: { type: 'object' } };
  return {
    ...Object.fromEntries(questions),
    FactAnswer: closed({ answer, obligations: notes, notes }, ['answer']),
  };
}
