/**
 * openapi.yaml as the listeners use it: references resolved, one record an operation. The document is the only place that says which
 * addresses exist, on which listener, under which security and with which shapes.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import { ContractError, resolveReferences, type JsonObject } from './contractReferences.ts';

export { ContractError, type JsonObject } from './contractReferences.ts';

export const listeners = ['exchange', 'open', 'staff', 'admin'] as const;
export type Listener = (typeof listeners)[number];

export interface ContractParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: JsonSchema;
}

export interface ContractBody {
  readonly required: boolean;
  /** media type → schema */
  readonly content: ReadonlyMap<string, JsonSchema>;
}

export interface ContractOperation {
  readonly operationId: string;
  /** upper case */
  readonly method: string;
  /** template: `/v1/batches/{batch}` */
  readonly path: string;
  readonly listener: Listener;
  /** names of security schemes; [] = none is needed, and the document says so */
  readonly security: readonly string[];
  /** staff scopes, any one of which is enough */
  readonly scopes: readonly string[];
  readonly parameters: readonly ContractParameter[];
  readonly body: ContractBody | undefined;
  /** bytes */
  readonly bodyLimit: number;
  /** the body is not looked at before the operation */
  readonly anyBody: boolean;
  /** the reply holds a secret shown once: it is never stored */
  readonly secret: boolean;
}

export interface Contract {
  readonly document: JsonObject;
  readonly operations: readonly ContractOperation[];
}

/** The document as people write it; /openapi.yaml hands it out. */
export const contractFile: string = fileURLToPath(new URL('../../openapi.yaml', import.meta.url));
/** The same as JSON, generated from it: `npm run check` holds the two together. */
const compiledContract = fileURLToPath(new URL('../../api/openapi.json', import.meta.url));
const defaultBodyLimit = 1 << 20;
const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace'] as const;

/** Reads and resolves the document. @throws ContractError */
export function readContract(): Contract {
  return contractOf(JSON.parse(readFileSync(compiledContract, 'utf8')) as JsonObject);
}

/** @throws ContractError when an operation lacks operationId, x-listener or security, or a reference cannot be resolved */
export function contractOf(source: JsonObject): Contract {
  const document = resolveReferences(source, source) as JsonObject;
  const operations: ContractOperation[] = [];
  const seen = new Set<string>();
  for (const [path, item] of Object.entries(objectAt(document, 'paths'))) {
    for (const method of methods) {
      const operation = (item as JsonObject)[method];
      if (operation === undefined) continue;
      const read = readOperation(path, method, operation as JsonObject);
      if (seen.has(read.operationId)) throw new ContractError(`operationId ${read.operationId} is doubled`);
      seen.add(read.operationId);
      operations.push(read);
    }
  }
  return { document, operations };
}

/** The part of the document that one listener serves: nothing of another listener is left in it. */
export function documentOf(contract: Contract, listener: Listener): JsonObject {
  const paths: JsonObject = {};
  for (const { path, method, listener: on } of contract.operations) {
    if (on !== listener) continue;
    const item = objectAt(objectAt(contract.document, 'paths'), path);
    paths[path] = {
      ...(paths[path] as JsonObject | undefined),
      [method.toLowerCase()]: item[method.toLowerCase()],
    };
  }
  return { ...contract.document, paths };
}

export const operationsOf = (contract: Contract, listener: Listener): readonly ContractOperation[] =>
  contract.operations.filter((operation) => operation.listener === listener);

function readOperation(path: string, method: string, operation: JsonObject): ContractOperation {
  const { operationId } = operation;
  const at = `${method.toUpperCase()} ${path}`;
  if (typeof operationId !== 'string') throw new ContractError(`${at} has no operationId`);
  return {
    operationId,
    method: method.toUpperCase(),
    path,
    listener: readListener(operation['x-listener'], operationId),
    security: readSecurity(operation['security'], operationId),
    scopes: readScopes(operation, operationId),
    parameters: ((operation['parameters'] ?? []) as JsonObject[]).map((entry) =>
      readParameter(entry, operationId),
    ),
    body: readBody(operation['requestBody'] as JsonObject | undefined),
    bodyLimit: typeof operation['x-body-limit'] === 'number' ? operation['x-body-limit'] : defaultBodyLimit,
    anyBody: operation['x-any-body'] === true,
    secret: operation['x-secret'] === true,
  };
}

function readListener(value: unknown, operationId: string): Listener {
  const found = listeners.find((name) => name === value);
  if (found === undefined) throw new ContractError(`${operationId} has no x-listener`);
  return found;
}

/** One requirement object at most: alternatives would be alternatives for an attacker too. */
function readSecurity(value: unknown, operationId: string): readonly string[] {
  if (!Array.isArray(value) || value.length > 1) {
    throw new ContractError(`${operationId} must declare security (at most one requirement)`);
  }
  return value.length === 0 ? [] : Object.keys(value[0] as JsonObject);
}

function readScopes(operation: JsonObject, operationId: string): readonly string[] {
  const scopes = operation['x-scopes'];
  const needed = operation['x-listener'] === 'staff';
  if (needed !== (Array.isArray(scopes) && scopes.length > 0)) {
    throw new ContractError(`${operationId}: x-scopes belong to operations of the staff listener, to each`);
  }
  return needed ? (scopes as string[]) : [];
}

function readParameter(entry: JsonObject, operationId: string): ContractParameter {
  const { name, in: place, required, schema } = entry;
  if (typeof name !== 'string' || (place !== 'path' && place !== 'query' && place !== 'header')) {
    throw new ContractError(`${operationId} has a parameter without name or place`);
  }
  return { name, in: place, required: required === true, schema: schema as JsonSchema };
}

function readBody(body: JsonObject | undefined): ContractBody | undefined {
  if (body === undefined) return undefined;
  const content = new Map<string, JsonSchema>();
  for (const [type, media] of Object.entries(objectAt(body, 'content'))) {
    content.set(type, (media as JsonObject)['schema'] as JsonSchema);
  }
  return { required: body['required'] === true, content };
}

function objectAt(parent: JsonObject, name: string): JsonObject {
  const value = parent[name];
  if (typeof value !== 'object' || value === null) throw new ContractError(`${name} is missing`);
  return value as JsonObject;
}

/**
 * Every operation has a handler and every handler an operation.
 * @throws ContractError naming what is missing
 */
export function checkHandlers(
  contract: Contract,
  handlers: Readonly<Partial<Record<Listener, readonly string[]>>>,
): void {
  for (const listener of listeners) {
    const declared = operationsOf(contract, listener).map((operation) => operation.operationId);
    const handled = handlers[listener] ?? [];
    const missing = declared.filter((id) => !handled.includes(id));
    const orphans = handled.filter((id) => !declared.includes(id));
    if (missing.length > 0) throw new ContractError(`no handler on ${listener} for ${missing.join(', ')}`);
    if (orphans.length > 0)
      throw new ContractError(`handlers on ${listener} without operation: ${orphans.join(', ')}`);
  }
}
