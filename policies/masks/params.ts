/** Parameters of masks: a small closed vocabulary, read into typed values and shown as JSON Schema. */
import { fieldNamePattern, isFieldName } from '../../terms/fieldName.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import type { JsonSchema } from '../../schemas/datasetSchema.ts';

export type Param =
  | {
      readonly kind: 'integer';
      readonly min: number;
      readonly max: number;
      readonly default?: number;
      readonly optional?: true;
    }
  | { readonly kind: 'choice'; readonly of: readonly string[]; readonly default?: string }
  | { readonly kind: 'flag'; readonly default: boolean }
  /** lower-case slug, such as the domain of a pseudonym */
  | { readonly kind: 'slug'; readonly default?: string }
  /** one or more of a closed set */
  | { readonly kind: 'choices'; readonly of: readonly string[] }
  /** whole numbers in ascending order */
  | { readonly kind: 'edges' }
  /** id of a code list */
  | { readonly kind: 'codeList'; readonly default: string }
  /** name of a field; may be left out */
  | { readonly kind: 'name'; readonly optional: true };

export type ParamShape = Readonly<Record<string, Param>>;
export type Params = Readonly<Record<string, unknown>>;

type ValueOf<P extends Param> = P extends { kind: 'integer'; optional: true }
  ? number | undefined
  : P extends { kind: 'integer' }
    ? number
    : P extends { kind: 'flag' }
      ? boolean
      : P extends { kind: 'choices' }
        ? readonly string[]
        : P extends { kind: 'edges' }
          ? readonly number[]
          : P extends { kind: 'name' }
            ? string | undefined
            : string;

/** Result of `readParams` for a shape. */
export type ParamsOf<S extends ParamShape> = { readonly [Name in keyof S]: ValueOf<S[Name]> };

export type ReadParams =
  { readonly params: Params } | { readonly code: string; readonly at: string; readonly message: Bilingual };

const slug = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const listId = /^[a-z][a-z0-9.-]{0,59}$/;

/** Fills in defaults, sorts sets, and rejects parameters that the shape does not name. */
export function readParams(shape: ParamShape, given: Params): ReadParams {
  const params: Record<string, unknown> = {};
  for (const word of Object.keys(given)) {
    if (!Object.hasOwn(shape, word)) {
      return {
        code: 'unknown_param',
        at: `/${word}`,
        message: {
          zh: `脱敏算法没有参数“${word}”，${namedZh(shape)}`,
          en: `the mask has no parameter "${word}"; ${namedEn(shape)}`,
        },
      };
    }
  }
  for (const [word, param] of Object.entries(shape)) {
    const value = Object.hasOwn(given, word) ? given[word] : 'default' in param ? param.default : undefined;
    if (value === undefined && 'optional' in param) continue;
    if (!accepts(param, value)) {
      return {
        code: 'wrong_param',
        at: Object.hasOwn(given, word) ? `/${word}` : '',
        message: { zh: `参数“${word}”不正确`, en: `parameter "${word}" is missing or wrong` },
      };
    }
    params[word] = Array.isArray(value) && param.kind === 'choices' ? [...(value as string[])].sort() : value;
  }
  return { params };
}

const namedZh = (shape: ParamShape): string => {
  const names = Object.keys(shape);
  return names.length === 0 ? '它不带参数' : `可用的有 ${names.join('、')}`;
};
const namedEn = (shape: ParamShape): string => {
  const names = Object.keys(shape);
  return names.length === 0 ? 'it takes none' : `it takes ${names.join(', ')}`;
};

function accepts(param: Param, value: unknown): boolean {
  if (typeof value === 'string') return acceptsText(param, value);
  switch (param.kind) {
    case 'integer':
      return Number.isSafeInteger(value) && Number(value) >= param.min && Number(value) <= param.max;
    case 'flag':
      return typeof value === 'boolean';
    case 'choices':
      return (
        Array.isArray(value) &&
        value.length > 0 &&
        new Set(value).size === value.length &&
        value.every((one) => typeof one === 'string' && param.of.includes(one))
      );
    case 'edges':
      return (
        Array.isArray(value) &&
        value.length > 0 &&
        value.length <= 50 &&
        value.every(
          (edge, i) => Number.isSafeInteger(edge) && (i === 0 || Number(value[i - 1]) < Number(edge)),
        )
      );
    default:
      return false;
  }
}

function acceptsText(param: Param, value: string): boolean {
  switch (param.kind) {
    case 'choice':
      return param.of.includes(value);
    case 'codeList':
      return listId.test(value);
    case 'slug':
      return value.length <= 40 && slug.test(value);
    case 'name':
      return isFieldName(value) && !(value in Object.prototype);
    default:
      return false;
  }
}

/** The parameters as JSON Schema, for editors and documents. */
export function paramsSchema(shape: ParamShape): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.entries(shape)
      .filter(([, param]) => !('default' in param) && !('optional' in param))
      .map(([word]) => word),
    properties: Object.fromEntries(Object.entries(shape).map(([word, param]) => [word, schemaOf(param)])),
  };
}

function schemaOf(param: Param): JsonSchema {
  const preset = 'default' in param ? { default: param.default } : {};
  switch (param.kind) {
    case 'integer':
      return { type: 'integer', minimum: param.min, maximum: param.max, ...preset };
    case 'choice':
      return { enum: param.of, ...preset };
    case 'flag':
      return { type: 'boolean', ...preset };
    case 'codeList':
      return { type: 'string', pattern: listId.source, ...preset };
    case 'slug':
      return { type: 'string', pattern: slug.source, maxLength: 40, ...preset };
    case 'name':
      return { type: 'string', pattern: `^${fieldNamePattern}$` };
    case 'choices':
      return { type: 'array', items: { enum: param.of }, minItems: 1, uniqueItems: true };
    case 'edges':
      return { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 50 };
  }
}
