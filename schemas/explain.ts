/** Turns the errors of the second pass into findings for clerks: where, which rule, the class of the value, never the value. */
import type { ErrorObject, ValidateFunction } from 'ajv';
import { fill, type Bilingual } from '../terms/bilingual.ts';
import { classOfValue } from '../terms/rowProblem.ts';
import type { DatasetSchema, JsonSchema, SchemaField } from './datasetSchema.ts';
import { codeListIdOf } from './codelists/codeLists.ts';
import { namedCodes, namedValues, type NamedValues } from './fewValues.ts';
import { ownFormats } from './formats/index.ts';
import { atPointer, isSchemaObject, pointerTo, pointerTokens } from './jsonSchema.ts';
import { type KnownFindings, findingKey, namesMembers } from './knownFindings.ts';
import { messageFor } from './messages.ts';
import { bilingualOf } from './readFields.ts';
import type { Surroundings } from './surroundings.ts';

export interface FieldFinding {
  /** JSON pointer into the record; names that the schema does not know are masked, keys of maps are `*` */
  readonly pointer: string;
  /** top-level field, '' for the record itself */
  readonly field: string;
  readonly title: Bilingual;
  /** keyword, or format and failing part: `maxLength`, `cn-resident-id.checksum` */
  readonly rule: string;
  /** e.g. `string, 18 chars, 9{17}A`; the shape only where the field's sensitivity is at most L2 */
  readonly valueClass: string;
  readonly message: Bilingual;
  /** requirement of the rule, e.g. `≤ 40`; absent where it would add nothing */
  readonly expected?: string;
  /** `urn:datong:person:1.2#/properties/person_id` */
  readonly schema: string;
}

const maxFindings = 20;
/** Errors of one rule that are examined. A record may have hundreds of thousands, which all give the same masked finding. */
const maxExaminedOfRule = 100;
/** Keywords that only repeat the error of an inner keyword. */
const wrappers = new Set(['anyOf', 'oneOf', 'if', 'propertyNames']);

/** At most 20 findings for one record; empty when it is valid. @param known of the same schema and surroundings */
export function explainErrors(
  schema: DatasetSchema,
  surroundings: Surroundings,
  validate: ValidateFunction,
  record: unknown,
  known: KnownFindings<FieldFinding>,
): FieldFinding[] {
  try {
    if (validate(record)) return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [
      finding(schema, record, { pointer: '', rule: 'too-deep', schemaPath: '#', value: record, facts: {} }),
    ];
  }
  const errors = validate.errors ?? [];
  const inner = errors.filter((error) => !wrappers.has(error.keyword));
  const findings: FieldFinding[] = [];
  const examined = new Map<string, number>();
  for (const error of inner.length > 0 ? inner : errors) {
    if (findings.length === maxFindings) break;
    const ofRule = examined.get(error.schemaPath) ?? 0;
    if (ofRule === maxExaminedOfRule) continue;
    examined.set(error.schemaPath, ofRule + 1);
    const one = knownOrNew(schema, surroundings, error, record, known);
    if (!findings.some(({ pointer, rule }) => pointer === one.pointer && rule === one.rule))
      findings.push(one);
  }
  return findings;
}

function knownOrNew(
  schema: DatasetSchema,
  surroundings: Surroundings,
  error: ErrorObject,
  record: unknown,
  known: KnownFindings<FieldFinding>,
): FieldFinding {
  const { instancePath, keyword } = error;
  const name = instancePath.slice(1);
  const field = fieldOf(schema, name);
  const isOfRecord = keyword === 'required' && instancePath === '';
  if (field === undefined && !isOfRecord) return explainError(schema, surroundings, error, record);
  const value = isOfRecord ? undefined : (record as Readonly<Record<string, unknown>>)[name];
  const params = error.params as Readonly<Record<string, unknown>>;
  const format = keyword === 'format' ? String(params['format']) : undefined;
  const part = format === undefined ? '' : formatPart(surroundings, format, value);
  const key = findingKey(error, part);
  const made = known.get(error, key);
  if (made !== undefined)
    return value === undefined
      ? made.finding
      : { ...made.finding, valueClass: classOfValue(value, made.shape) };
  const finding = explainError(schema, surroundings, error, record);
  if (!namesMembers(keyword)) known.keep(error, key, { finding, shape: showsShape(field) });
  return finding;
}

/** A top-level field whose name occurs unchanged in a pointer. */
const fieldOf = (schema: DatasetSchema, name: string): SchemaField | undefined =>
  schema.fields.find((field) => field.name === name);

const showsShape = (field: SchemaField | undefined): boolean =>
  field !== undefined && (field.sensitivity === 'L1' || field.sensitivity === 'L2');

/** Formats with own code, created once for each surroundings. */
const formats = new WeakMap<Surroundings, ReturnType<typeof ownFormats>>();

function formatPart(surroundings: Surroundings, format: string, value: unknown): string {
  if (typeof value !== 'string') return '';
  let own = formats.get(surroundings);
  if (own === undefined) formats.set(surroundings, (own = ownFormats(surroundings.today)));
  return own[format]?.(value) ?? '';
}

interface Failure {
  readonly pointer: string;
  readonly rule: string;
  readonly schemaPath: string;
  readonly value: unknown;
  readonly facts: Facts;
  /** facts of the Chinese sentence that differ */
  readonly zh?: Facts;
  readonly expected?: string;
}

function explainError(
  schema: DatasetSchema,
  surroundings: Surroundings,
  error: ErrorObject,
  record: unknown,
): FieldFinding {
  const params = error.params as Readonly<Record<string, unknown>>;
  const name = (key: string): string => (typeof params[key] === 'string' ? params[key] : '');
  const value = atPointer(record, error.instancePath);
  const at = { pointer: error.instancePath, schemaPath: error.schemaPath, value };
  switch (error.keyword) {
    case 'required':
    case 'dependentRequired': {
      const missing = name('missingProperty');
      const facts = { title: missing, other: missing };
      return finding(schema, record, {
        ...at,
        pointer: pointerTo(at.pointer, missing),
        rule: error.keyword,
        value: undefined,
        facts,
      });
    }
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const extra = name('additionalProperty') || name('unevaluatedProperty');
      const pointer = pointerTo(at.pointer, extra);
      return finding(schema, record, {
        ...at,
        pointer,
        rule: error.keyword,
        value: atPointer(record, pointer),
        facts: {},
      });
    }
    case 'format': {
      const format = name('format');
      const part = formatPart(surroundings, format, value);
      return finding(schema, record, {
        ...at,
        rule: part === '' ? format : `${format}.${part}`,
        facts: {},
        expected: format,
      });
    }
    case 'enum':
      return finding(schema, record, {
        ...at,
        rule: 'enum',
        ...allowed(namedValues(params['allowedValues'] as unknown[])),
      });
    case 'x-code':
      return finding(schema, record, {
        ...at,
        rule: 'x-code',
        ...codeListOf(schema, surroundings, error.schemaPath),
      });
    default:
      return finding(schema, record, { ...at, rule: error.keyword, ...limitOf(error, params) });
  }
}

type Facts = Readonly<Record<string, string | number>>;

const typesInChinese: Readonly<Record<string, string>> = {
  null: '空值',
  boolean: '是或否',
  integer: '整数',
  number: '数值',
  string: '文本',
  array: '数组',
  object: '对象',
};

function limitOf(
  error: ErrorObject,
  params: Readonly<Record<string, unknown>>,
): { facts: Facts; zh?: Facts; expected?: string } {
  const limit = params['limit'] ?? params['multipleOf'];
  if (typeof limit === 'number' || typeof limit === 'string')
    return { facts: { limit }, expected: `${error.keyword} ${limit}` };
  const type = params['type'];
  const names: readonly unknown[] = Array.isArray(type)
    ? type
    : typeof type === 'string'
      ? type.split(',')
      : [];
  if (names.length === 0) return { facts: {} };
  const words = names.map((name) => typesInChinese[String(name)] ?? String(name));
  const expected = names.join(', ');
  return { facts: { expected }, zh: { expected: words.join('或') }, expected };
}

function codeListOf(
  schema: DatasetSchema,
  { codeLists }: Surroundings,
  schemaPath: string,
): { facts: Facts; zh?: Facts } {
  const reference = atPointer(schema.document, decodeURI(schemaPath.replace(/^[^#]*#/, '')));
  const urn = isSchemaObject(reference) && typeof reference['list'] === 'string' ? reference['list'] : '';
  const title = codeLists.list(codeListIdOf(urn))?.title;
  const version = isSchemaObject(reference) ? reference['version'] : undefined;
  const few = codeLists.few(codeListIdOf(urn), typeof version === 'string' ? version : undefined);
  const { facts, zh } = allowed(namedCodes(few));
  return {
    facts: { list: title?.en ?? urn, ...facts },
    zh: { list: title?.zh ?? urn, ...zh },
  };
}

const allowed = ({ zh, en }: NamedValues): { facts: Facts; zh: Facts } => ({
  facts: { allowed: en },
  zh: { allowed: zh },
});

function finding(schema: DatasetSchema, record: unknown, failure: Failure): FieldFinding {
  const tokens = tokensIn(record, failure.pointer);
  const field = fieldOf(schema, tokens[0]?.token ?? '');
  const place = followRecord(field, tokens.slice(1));
  const title = place.title ?? field?.title ?? (tokens.length === 0 ? schema.title : unknownTitle);
  const facts =
    failure.rule === 'required'
      ? titleFacts(title)
      : { zh: { ...failure.facts, ...failure.zh }, en: failure.facts };
  const override = failure.rule === 'required' ? undefined : place.message;
  const own = { zh: messageFor(failure.rule, facts.zh).zh, en: messageFor(failure.rule, facts.en).en };
  return {
    pointer: maskedTokens(schema, tokens, place.known),
    field: field?.name ?? '',
    title,
    rule: failure.rule,
    valueClass: failure.value === undefined ? 'absent' : classOfValue(failure.value, showsShape(field)),
    message: override ?? fill(own),
    ...(failure.expected === undefined ? {} : { expected: failure.expected }),
    schema: `${schema.urn}${failure.schemaPath.startsWith('#') ? failure.schemaPath : `#${failure.schemaPath}`}`,
  };
}

const unknownTitle: Bilingual = { zh: '标准中没有的字段', en: 'a field the schema does not know' };

function titleFacts(title: Bilingual): { zh: Record<string, string>; en: Record<string, string> } {
  return { zh: { title: title.zh }, en: { title: title.en } };
}

interface Token {
  readonly token: string;
  /** of an item in an array; digits may also be the name of a member, such as the number of a person */
  readonly isIndex: boolean;
}

/** The tokens of a pointer into a record. */
function tokensIn(record: unknown, pointer: string): readonly Token[] {
  let place = record;
  return pointerTokens(pointer).map((token, at, all) => {
    // the value at the pointer itself is not read
    if (at > 0) place = atPointer(place, pointerTo('', all[at - 1] ?? ''));
    return { token, isIndex: Array.isArray(place) };
  });
}

/** A pointer into a record without the names of members that the schema does not know. */
export function maskedPointer(schema: DatasetSchema, record: unknown, pointer: string): string {
  const tokens = tokensIn(record, pointer);
  const field = fieldOf(schema, tokens[0]?.token ?? '');
  return maskedTokens(schema, tokens, followRecord(field, tokens.slice(1)).known);
}

/** Follows a pointer's tokens below a field through properties and items; `known` counts the tokens that are the schema's own names. */
function followRecord(
  field: SchemaField | undefined,
  tokens: readonly Token[],
): { readonly title?: Bilingual; readonly message?: Bilingual; readonly known: number } {
  if (field === undefined) return { known: 0 };
  let schema: JsonSchema | undefined = field.schema;
  let known = 1;
  for (const token of tokens) {
    schema = below(schema, token);
    if (schema === undefined) break;
    known += 1;
  }
  const title = bilingualOf(schema?.['x-title']);
  const message = bilingualOf(schema?.['x-message']);
  return { ...(title && { title }), ...(message && { message }), known };
}

function below(schema: JsonSchema | undefined, { token, isIndex }: Token): JsonSchema | undefined {
  const properties = schema?.['properties'];
  if (!isIndex) {
    if (!isSchemaObject(properties) || !Object.hasOwn(properties, token)) return undefined;
    return isSchemaObject(properties[token]) ? properties[token] : undefined;
  }
  const prefix = schema?.['prefixItems'];
  const item: unknown =
    Array.isArray(prefix) && Number(token) < prefix.length ? prefix[Number(token)] : schema?.['items'];
  return isSchemaObject(item) ? item : undefined;
}

/** Names chosen by the sender could be personal data: they are replaced by their class. */
function maskedTokens(schema: DatasetSchema, tokens: readonly Token[], known: number): string {
  return tokens.reduce((pointer, { token, isIndex }, place) => {
    const own = place < known || isIndex || schemaNames(schema).has(token);
    return pointerTo(pointer, own ? token : '*');
  }, '');
}

const namesBySchema = new WeakMap<DatasetSchema, ReadonlySet<string>>();

/** Every property name that the document declares anywhere. */
function schemaNames(schema: DatasetSchema): ReadonlySet<string> {
  const known = namesBySchema.get(schema);
  if (known !== undefined) return known;
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isSchemaObject(value)) return;
    if (isSchemaObject(value['properties']))
      for (const name of Object.keys(value['properties'])) names.add(name);
    Object.values(value).forEach(visit);
  };
  visit(schema.document);
  (schema.references ?? []).forEach(visit);
  namesBySchema.set(schema, names);
  return names;
}
