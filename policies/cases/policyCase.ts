/** Policy cases: a request, the expected decision, and the expected entry. Data that a steward can write. */
import type { DecisionRequest, FactQuestion } from '../decision.ts';
import { readTime } from '../documents/documentChecks.ts';
import type { Place } from '../documents/storedDocument.ts';
import { shapeOf } from '../../schemas/compile.ts';
import { defined } from '../../terms/defined.ts';
import type { PolicyFinding } from '../finding.ts';
import { isObject } from '../../terms/isObject.ts';

export interface PolicyCase {
  readonly file: string;
  readonly name: string;
  readonly line: number | undefined;
  /** Unix milliseconds; never the clock's time */
  readonly now: number;
  readonly ask: DecisionRequest;
  /** agreements suspended at the time of the request */
  readonly suspended: readonly string[];
  /** a restriction that cannot be relied on and may cover everything */
  readonly distrusted: string | undefined;
  /** a stored row, masked according to the decision */
  readonly row: Readonly<Record<string, unknown>> | undefined;
  /** compared member by member; other members are ignored */
  readonly expect: Readonly<Record<string, unknown>>;
}

interface CaseText {
  readonly name: string;
  readonly now?: string;
  readonly ask?: Readonly<Record<string, unknown>>;
  readonly given?: { readonly suspended?: readonly string[]; readonly distrusted?: string };
  readonly row?: Readonly<Record<string, unknown>> | null;
  readonly expect: Readonly<Record<string, unknown>>;
}

const text = { type: ['string', 'null'], maxLength: 200 };
const ask = {
  type: 'object',
  additionalProperties: false,
  properties: {
    consumer: text,
    dataset: text,
    agreement: text,
    purpose: text,
    onBehalfOf: text,
    matter: text,
    fields: { type: ['array', 'null'], items: { type: 'string' } },
    filter: {
      type: ['array', 'null'],
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['field', 'op', 'value'],
        properties: { field: { type: 'string' }, op: { type: 'string' }, value: true },
      },
    },
    sort: { type: ['array', 'null'], items: { type: 'string' } },
    limit: { type: ['integer', 'null'] },
    stream: { const: true },
    export: { const: true },
    batch: {
      type: 'object',
      additionalProperties: false,
      required: ['by', 'values'],
      properties: { by: { type: 'string' }, values: { type: 'array' } },
    },
    aggregate: { type: 'string' },
    fact: {
      type: 'object',
      additionalProperties: false,
      required: ['id', 'subject'],
      properties: { id: { type: 'string' }, subject: { type: 'string' }, on: { type: 'string' }, value: true },
    },
  },
};
const expectation = {
  type: 'object',
  additionalProperties: false,
  required: ['effect', 'entry'],
  properties: {
    effect: { enum: ['allow', 'deny'] },
    code: { type: 'string' },
    at: { type: 'string' },
    fields: { type: 'object' },
    withheld: { type: 'object' },
    rows: { type: 'array' },
    limits: { type: 'object' },
    lookup: { type: 'object' },
    fact: { type: 'object' },
    aggregate: { type: 'object' },
    /** the answer to the fact; needs a row, or `row: null` where the subject has none */
    answer: { enum: ['yes', 'no', 'unknown'] },
    consent: { type: 'object' },
    matter: { type: 'object' },
    materials: { type: 'array' },
    obligations: { type: 'array' },
    basis: { type: 'object' },
    /** the log's entry; asserted in every case */
    entry: { type: 'object', minProperties: 1 },
    /** the masked row */
    row: { type: 'object' },
  },
};
export const casesSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'cases'],
  properties: {
    kind: { const: 'Cases' },
    now: { type: 'string' },
    ask,
    cases: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'expect'],
        properties: {
          name: { type: 'string', minLength: 1 },
          now: { type: 'string' },
          ask,
          given: {
            type: 'object',
            additionalProperties: false,
            properties: {
              suspended: { type: 'array', items: { type: 'string' } },
              distrusted: { type: 'string' },
            },
          },
          row: { type: ['object', 'null'] },
          expect: expectation,
        },
      },
    },
  },
};

/** Adds the cases of one document. A case inherits the document's time and request; `null` removes a member. */
export function readCases(
  value: Readonly<Record<string, unknown>>,
  file: string,
  cases: PolicyCase[],
  findings: PolicyFinding[],
  places?: ReadonlyMap<string, Place>,
): void {
  const validate = shapeOf(casesSchema, { allowUnionTypes: true });
  if (!validate(value)) {
    const path = validate.errors?.[0]?.instancePath ?? '';
    findings.push(
      fault(file, path, places, '用例文档不符合规范', 'the cases do not match their contract'),
    );
    return;
  }
  const {
    now,
    ask: shared = {},
    cases: texts,
  } = value as unknown as {
    now?: string;
    ask?: Readonly<Record<string, unknown>>;
    cases: readonly CaseText[];
  };
  for (const [i, one] of texts.entries()) {
    const moment = readTime(one.now ?? now ?? '');
    const path = `/cases/${i}`;
    if (moment === undefined) {
      findings.push(fault(file, path, places, '用例没有写明时间 now', 'the case has no time (now)'));
      continue;
    }
    const { name, given: { suspended = [], distrusted } = {}, row, expect } = one;
    cases.push({
      file,
      name,
      line: places?.get(path)?.line,
      now: moment,
      ask: requestOf({ ...shared, ...one.ask }),
      suspended,
      distrusted,
      row: row ?? undefined,
      expect,
    });
  }
}

/** A request as a person writes it: an omitted or null member was not requested. */
export function requestOf(written: Readonly<Record<string, unknown>>): DecisionRequest {
  const text = (name: string): string | undefined =>
    typeof written[name] === 'string' ? written[name] : undefined;
  const list = <T>(name: string): readonly T[] | undefined =>
    Array.isArray(written[name]) ? (written[name] as readonly T[]) : undefined;
  const object = <T extends object>(name: string): T | undefined =>
    isObject(written[name]) ? (written[name] as unknown as T) : undefined;
  const flag = (name: string): true | undefined => (written[name] === true ? true : undefined);
  return {
    consumer: text('consumer') ?? '',
    dataset: text('dataset') ?? '',
    agreement: text('agreement'),
    purpose: text('purpose'),
    onBehalfOf: text('onBehalfOf'),
    matter: text('matter'),
    fields: list('fields'),
    filter: list('filter') ?? [],
    sort: list('sort') ?? [],
    limit: typeof written['limit'] === 'number' ? written['limit'] : undefined,
    ...defined({
      batch: object<DecisionRequest['batch'] & object>('batch'),
      aggregate: text('aggregate'),
      stream: flag('stream'),
      export: flag('export'),
      changes: flag('changes'),
      events: flag('events'),
      latest: flag('latest'),
      history: flag('history'),
      fact: object<FactQuestion>('fact'),
    }),
  };
}

function fault(
  document: string,
  path: string,
  places: ReadonlyMap<string, Place> | undefined,
  zh: string,
  en: string,
): PolicyFinding {
  return { code: 'case_invalid', level: 'error', document, path, ...places?.get(path), message: { zh, en } };
}
