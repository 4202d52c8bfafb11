/**
 * openapi.yaml in the form that the listeners use: references resolved, one record per operation. The document is the only source of the
 * paths, their listeners, their security and their schemas.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { JsonSchema } from '../../../../schemas/datasetSchema.ts';
import { ContractError, resolveReferences, type JsonObject } from './resolveReferences.ts';

export { ContractError, type JsonObject } from './resolveReferences.ts';

export const listeners = ['exchange', 'open', 'staff', 'citizen', 'admin'] as const;
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
  /** listeners that serve it: usually one */
  readonly listeners: readonly Listener[];
  /** names of security schemes, one for each listener at most; [] = the document declares that none is needed */
  readonly security: readonly string[];
  /** staff scopes, any one of which is enough */
  readonly scopes: readonly string[];
  readonly parameters: readonly ContractParameter[];
  readonly body: ContractBody | undefined;
  /** bytes */
  readonly bodyLimit: number;
  /** the body is not checked before the operation */
  readonly anyBody: boolean;
  /** the operation reads the body itself, which has one of the declared media types: `x-raw-body` */
  readonly rawBody: boolean;
  /** the reply holds a secret shown once: it is never stored */
  readonly secret: boolean;
  /** it has an answer 201 or 202 */
  readonly creates: boolean;
  /** its reply may be generated while it is sent: `x-stream` */
  readonly stream: boolean;
  /** its reply may open a connection: `x-connection` */
  readonly connection: boolean;
  /** calls of staff are counted by person and day and have no entry each: `x-counted` */
  readonly counted: boolean;
  /** only the machine with the keys calls it, no application through an agent: `x-own-machine` */
  readonly ownMachine: boolean;
}

export interface Contract {
  readonly document: JsonObject;
  readonly operations: readonly ContractOperation[];
}

/** The source document; /openapi.yaml serves it. */
export const contractFile: string = fileURLToPath(new URL('../../../../openapi.yaml', import.meta.url));
/** The same as JSON, generated from it: `npm run check` compares them. */
const compiledContract = fileURLToPath(new URL('../../../../api/openapi.json', import.meta.url));
const defaultBodyLimit = 1 << 20;
const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace'] as const;

/** Reads and resolves the document. @throws ContractError */
export function readContract(): Contract {
  return contractOf(JSON.parse(readFileSync(compiledContract, 'utf8')) as JsonObject);
}

/** @throws ContractError when an operation lacks operationId, x-listener or security, or a reference cannot be resolved */
export function contractOf(source: JsonObject): Contract {
  const document = resolveReferences(source);
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

/**
 * The part of the document that one listener serves, without operations and security of other listeners. Of the components only the security
 * schemes remain, which are named without a reference.
 */
export function documentOf(contract: Contract, listener: Listener): JsonObject {
  const paths: JsonObject = {};
  for (const { path, method, listeners: on } of contract.operations) {
    if (!on.includes(listener)) continue;
    const verb = method.toLowerCase();
    const operation = objectAt(objectAt(objectAt(contract.document, 'paths'), path), verb);
    const security = (operation['security'] as JsonObject[]).filter((requirement) =>
      Object.keys(requirement).every((scheme) => schemesOf[listener].includes(scheme)),
    );
    paths[path] = { ...(paths[path] as JsonObject | undefined), [verb]: { ...operation, security } };
  }
  const { securitySchemes } = objectAt(contract.document, 'components');
  return { ...contract.document, paths, components: { securitySchemes } };
}

export const operationsOf = (contract: Contract, listener: Listener): readonly ContractOperation[] =>
  contract.operations.filter((operation) => operation.listeners.includes(listener));

function readOperation(path: string, method: string, operation: JsonObject): ContractOperation {
  const { operationId } = operation;
  const at = `${method.toUpperCase()} ${path}`;
  if (typeof operationId !== 'string') throw new ContractError(`${at} has no operationId`);
  const on = readListeners(operation['x-listener'], operationId);
  const signIn = operation['x-sign-in'] === true;
  return {
    operationId,
    method: method.toUpperCase(),
    path,
    listeners: on,
    security: readSecurity(operation['security'], on, operationId, signIn),
    scopes: readScopes(operation['x-scopes'], on, operationId, signIn),
    parameters: ((operation['parameters'] ?? []) as JsonObject[]).map((entry) =>
      readParameter(entry, operationId),
    ),
    body: readBody(operation['requestBody'] as JsonObject | undefined),
    bodyLimit: typeof operation['x-body-limit'] === 'number' ? operation['x-body-limit'] : defaultBodyLimit,
    anyBody: operation['x-any-body'] === true,
    rawBody: operation['x-raw-body'] === true,
    secret: operation['x-secret'] === true,
    creates: ['201', '202'].some((status) => status in (operation['responses'] as JsonObject)),
    stream: onOne(['exchange', 'staff'], 'x-stream', operation, on),
    connection: onOne(['exchange'], 'x-connection', operation, on),
    counted: isCounted(method, operation, on),
    ownMachine: onOne(['exchange'], 'x-own-machine', operation, on),
  };
}

/** Only reads and trials of persons are counted. `bindOperations` checks the kind of a trial, and each answer is checked for effects. */
function isCounted(
  method: string,
  { 'x-counted': value, operationId }: JsonObject,
  on: readonly Listener[],
): boolean {
  if (value === true && ((method !== 'get' && method !== 'post') || !on.includes('staff')))
    throw new ContractError(
      `${String(operationId)}: x-counted belongs to reads and trials of the staff listener`,
    );
  return value === true;
}

/** Only the exchange listener can hand a connection over and be called through an agent; it and the staff listener can write streams. */
function onOne(
  able: readonly Listener[],
  word: 'x-stream' | 'x-connection' | 'x-own-machine',
  { [word]: value, operationId }: JsonObject,
  on: readonly Listener[],
): boolean {
  if (value === true && !able.some((listener) => on.join() === listener))
    throw new ContractError(
      `${String(operationId)}: ${word} belongs to operations of the ${able.join(' or the ')} listener`,
    );
  return value === true;
}

/** One name, or a list of them. */
function readListeners(value: unknown, operationId: string): readonly Listener[] {
  const named: readonly unknown[] = Array.isArray(value) ? value : [value];
  const on = listeners.filter((name) => named.includes(name));
  if (on.length === 0 || on.length !== named.length)
    throw new ContractError(`${operationId} has no x-listener`);
  return on;
}

/** The security schemes of each listener. */
const schemesOf: Readonly<Record<Listener, readonly string[]>> = {
  exchange: ['signedRequest', 'clientCertificate'],
  open: [],
  staff: ['staffToken'],
  citizen: ['ownSession'],
  admin: [],
};

/** The security scheme for callers of an operation; undefined where none is required. */
export const schemeOn = (
  { security }: Pick<ContractOperation, 'security'>,
  listener: Listener,
): string | undefined => security.find((scheme) => schemesOf[listener].includes(scheme));

/** One requirement for each listener: alternatives on one listener would be alternatives for an attacker too. */
function readSecurity(
  value: unknown,
  on: readonly Listener[],
  operationId: string,
  signIn: boolean,
): readonly string[] {
  if (!Array.isArray(value)) throw new ContractError(`${operationId} must declare security`);
  if (signIn && (value.length > 0 || !on.some((listener) => listener === 'staff' || listener === 'citizen')))
    throw new ContractError(
      `${operationId}: x-sign-in belongs to operations of the staff or citizen listener, without security`,
    );
  if (signIn) return [];
  const schemes = (value as JsonObject[]).flatMap((requirement) => Object.keys(requirement));
  const requested = on.map((listener) => schemes.filter((scheme) => schemesOf[listener].includes(scheme)));
  if (schemes.length !== value.length || requested.some((found) => found.length > 1)) {
    throw new ContractError(`${operationId} must declare security (at most one requirement for a listener)`);
  }
  on.forEach((listener, index) => {
    if (schemesOf[listener].length > 0 && requested[index]?.length === 0)
      throw new ContractError(`${operationId} must declare security for ${listener}`);
  });
  const strange = schemes.find((scheme) => !requested.flat().includes(scheme));
  if (strange !== undefined) throw new ContractError(`${operationId} has no listener that knows ${strange}`);
  return schemes;
}

function readScopes(
  scopes: unknown,
  on: readonly Listener[],
  operationId: string,
  signIn: boolean,
): readonly string[] {
  const needed = on.includes('staff') && !signIn;
  if (needed !== (Array.isArray(scopes) && scopes.length > 0)) {
    throw new ContractError(
      `${operationId}: x-scopes belong to operations of the staff listener, to each but those of signing in`,
    );
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
