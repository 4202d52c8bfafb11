/**
 * Checks of one operation's parameters, headers and body, compiled from openapi.yaml. Findings name pointers and rules, never
 * what was sent: a value, or an unknown member's name, may be personal data.
 */
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonSchema } from '../../../schemas/datasetSchema.ts';
import { contractAjv } from './contractAjv.ts';
import type { ContractOperation, ContractParameter } from './contract.ts';
import { invalidRequest, publicName, refused } from './requestFindings.ts';
import { readJsonBody } from '../bodies/requestBody.ts';

export interface RequestChecks {
  /** @throws Problem invalid_request */
  params(params: Readonly<Record<string, string>>): void;
  /** @returns the parameters of the query string. @throws Problem invalid_request on an unknown, doubled or malformed one */
  query(text: string): Readonly<Record<string, string>>;
  /** @param rawHeaders name, value, name, value … @throws Problem invalid_request */
  headers(rawHeaders: readonly string[]): void;
  /**
   * The parsed and validated JSON body; undefined where the operation takes bytes or nothing.
   * @throws Problem unsupported_media_type, malformed_json, invalid_request
   */
  body(rawHeaders: readonly string[], bytes: Uint8Array): unknown;
}

export function requestChecks(operation: ContractOperation, ajv: Ajv2020 = contractAjv()): RequestChecks {
  const compiled = (place: ContractParameter['in']): ReadonlyMap<string, CompiledParameter> =>
    new Map(
      operation.parameters
        .filter((parameter) => parameter.in === place)
        .map((parameter) => [
          parameter.name,
          { required: parameter.required, check: whenNeeded(ajv, parameter.schema) },
        ]),
    );
  const path = compiled('path');
  const query = compiled('query');
  const header = compiled('header');
  const json = operation.body?.content.get('application/json');
  const checkBody = json === undefined ? undefined : whenNeeded(ajv, json);
  return {
    params: (params) => {
      for (const [name, { check }] of path) checkOne('path', name, params[name], check);
    },
    query: (text) => readQuery(text, query),
    headers: (rawHeaders) => {
      if (header.size > 0) checkHeaders(rawHeaders, header);
    },
    body: (rawHeaders, bytes) => checkedBody(operation, checkBody, rawHeaders, bytes),
  };
}

/** What is wrong with a value; undefined for nothing. */
type Check = (value: unknown) => readonly ErrorObject[] | undefined;

/** Compiled at the first call: a boot that compiles every shape of the contract takes a second that most processes never need. */
function whenNeeded(ajv: Ajv2020, schema: JsonSchema): Check {
  let compiled: ValidateFunction | undefined;
  return (value) => {
    compiled ??= ajv.compile(schema);
    return compiled(value) ? undefined : (compiled.errors ?? []);
  };
}

interface CompiledParameter {
  readonly required: boolean;
  readonly check: Check;
}

function checkOne(place: string, name: string, value: string | undefined, check: Check): void {
  const errors = check(value);
  if (errors !== undefined) throw invalidRequest(errors, `/${place}/${name}`);
}

const nothing: Readonly<Record<string, string>> = Object.freeze({});

function readQuery(
  text: string,
  parameters: ReadonlyMap<string, CompiledParameter>,
): Readonly<Record<string, string>> {
  if (text === '' && parameters.size === 0) return nothing;
  const values: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const parameter = parameters.get(name);
    if (parameter === undefined)
      throw refused(`/query/${publicName(name)}`, 'unknown', {
        zh: '没有这个查询参数',
        en: 'no such query parameter',
      });
    if (Object.hasOwn(values, name))
      throw refused(`/query/${name}`, 'doubled', { zh: '给出了两次', en: 'given twice' });
    checkOne('query', name, value, parameter.check);
    values[name] = value;
  }
  for (const [name, { required }] of parameters) {
    if (required && !Object.hasOwn(values, name))
      throw refused(`/query/${name}`, 'required', { zh: '必须给出', en: 'is required' });
  }
  return values;
}

function checkHeaders(
  rawHeaders: readonly string[],
  parameters: ReadonlyMap<string, CompiledParameter>,
): void {
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase() ?? '';
    const parameter = parameters.get(name);
    if (parameter !== undefined) checkOne('header', name, rawHeaders[i + 1], parameter.check);
  }
}

function checkedBody(
  operation: ContractOperation,
  check: Check | undefined,
  rawHeaders: readonly string[],
  bytes: Uint8Array,
): unknown {
  const value = readJsonBody(operation, rawHeaders, bytes);
  if (value === undefined || check === undefined) return undefined;
  const errors = check(value);
  if (errors !== undefined) throw invalidRequest(errors, '/body');
  return value;
}
