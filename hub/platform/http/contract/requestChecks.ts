/** Validation of one operation's requests, by the validators that openapi-backend compiles from openapi.yaml. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { OpenAPIValidator } from 'openapi-backend';
import { atHeader, binaryEvent } from '../bodies/binaryEvent.ts';
import { readJsonBody } from '../bodies/jsonBody.ts';
import type { ContractOperation } from './contract.ts';
import { textFindings } from './plainText.ts';
import { invalidPart, invalidParts, invalidRequest, publicName } from './requestFindings.ts';

export interface RequestChecks {
  /**
   * Validates path parameters, query string and headers.
   * @returns the query parameters. @throws Problem invalid_request
   */
  head(head: RequestHead): Readonly<Record<string, string>>;
  /**
   * The parsed and validated JSON body; undefined if the operation takes bytes or nothing.
   * @param rawHeaders name, value, name, value …
   * @throws Problem unsupported_media_type, malformed_json, invalid_request
   */
  body(rawHeaders: readonly string[], bytes: Uint8Array): unknown;
}

export interface RequestHead {
  readonly params: Readonly<Record<string, string>>;
  /** query string without `?` */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
}

export function requestChecks(
  operation: ContractOperation,
  validator: Pick<OpenAPIValidator, 'getRequestValidatorsForOperation'>,
): RequestChecks {
  const queryNames = new Set(
    operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
  );
  let validators: Validators | undefined;
  // compiled at the first call: most processes never call most operations
  const compiled = (): Validators =>
    (validators ??= splitValidators(
      validator.getRequestValidatorsForOperation(operation.operationId) as readonly ValidateFunction[],
    ));
  return {
    head: ({ params, query: queryText, headers }) => {
      const query = readQuery(queryText, queryNames);
      const { parameters } = compiled();
      if (!parameters({ path: params, query, header: headers }))
        throw invalidRequest((parameters.errors ?? []).map(atParameter));
      return query;
    },
    body: (rawHeaders, bytes) => {
      const sent = readJsonBody(operation, rawHeaders, bytes);
      if (sent === undefined) return undefined;
      const event = binaryEvent(operation.body?.content ?? new Map(), rawHeaders, sent);
      const value = event ?? sent;
      const { body } = compiled();
      if (body?.({ requestBody: value }) === false)
        throw invalidRequest((body.errors ?? []).flatMap(event === undefined ? atBody : atHeader));
      const findings = textFindings(value);
      if (findings.length > 0) throw invalidParts(findings);
      return value;
    },
  };
}

interface Validators {
  readonly parameters: ValidateFunction;
  readonly body: ValidateFunction | undefined;
}

/** openapi-backend compiles one validator for the parameters and, if there is a JSON body, one for `requestBody`. */
function splitValidators(all: readonly ValidateFunction[]): Validators {
  const validates = (part: string) => (validator: ValidateFunction) =>
    Object.hasOwn((validator.schema as { readonly properties: object }).properties, part);
  const parameters = all.find(validates('path'));
  if (parameters === undefined) throw new TypeError('openapi-backend compiled no validator for parameters');
  return { parameters, body: all.find(validates('requestBody')) };
}

const noQuery: Readonly<Record<string, string>> = Object.freeze({});

/** Every parameter at most once, and only those of the contract. @throws Problem invalid_request */
function readQuery(text: string, names: ReadonlySet<string>): Readonly<Record<string, string>> {
  if (text === '') return noQuery;
  const values: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (!names.has(name))
      throw invalidPart(`/query/${publicName(name)}`, 'unknown', {
        zh: '没有这个查询参数',
        en: 'no such query parameter',
      });
    if (Object.hasOwn(values, name))
      throw invalidPart(`/query/${name}`, 'doubled', { zh: '给出了两次', en: 'given twice' });
    values[name] = value;
  }
  return values;
}

/** A missing parameter is reported at its own pointer. */
function atParameter(error: ErrorObject): ErrorObject {
  const { missingProperty } = error.params as { readonly missingProperty?: string };
  return missingProperty === undefined
    ? error
    : { ...error, instancePath: `${error.instancePath}/${missingProperty}` };
}

const atBody = (error: ErrorObject): ErrorObject => ({
  ...error,
  instancePath: error.instancePath.replace(/^\/requestBody/, '/body'),
});
