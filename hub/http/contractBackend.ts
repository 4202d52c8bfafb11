/** openapi-backend over one listener's operations, with every gate closed by a handler of ours. */
import { OpenAPIBackend, type Context, type Document } from 'openapi-backend';
import { Problem } from '../../terms/problem.ts';
import { ContractError, documentOf, operationsOf, type ContractOperation } from './contract.ts';
import type { CallState, ExpressListenerOptions, ListenerCall } from './listenerCall.ts';
import { noRoute } from './problemReply.ts';
import { contractAjv, type RequestChecks } from './requestChecks.ts';
import { invalidRequest } from './requestFindings.ts';

/** The library would check the document against OpenAPI 3.0 and refuse 3.1; the contract is linted as 3.1 by `npm run check`. */
class Contract31 extends OpenAPIBackend {
  override validateDefinition(): Document {
    return this.document;
  }
}

/** @throws ContractError when an operation lacks a handler or a handler an operation */
export async function contractBackend(
  options: ExpressListenerOptions,
  checks: ReadonlyMap<string, RequestChecks>,
): Promise<OpenAPIBackend> {
  const operations = new Map(
    operationsOf(options.contract, options.listener).map((operation) => [operation.operationId, operation]),
  );
  const handled = Object.keys(options.operations);
  const unmatched = [
    ...[...operations.keys()].filter((id) => !handled.includes(id)),
    ...handled.filter((id) => !operations.has(id)),
  ];
  if (unmatched.length > 0) {
    throw new ContractError(`${options.listener}: operations and handlers differ in ${unmatched.join(', ')}`);
  }
  const backend = new Contract31({
    definition: documentOf(options.contract, options.listener) as Document,
    strict: true,
    validate: true,
    // validators are compiled when first needed; the document has been resolved by readContract
    quick: true,
    ignoreTrailingSlashes: false,
    // the library makes a draft-07 instance for each validator; the contract is written for 2020-12
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Ajv2020 has all that is used of Ajv
    customizeAjv: () => contractAjv(false),
    handlers: {
      ...Object.fromEntries(handled.map((id) => [id, handlerOf(id, options)])),
      postRoutingHandler: (context: Context, state: CallState) => {
        if (state.call === undefined) state.call = callOf(context, state, operations);
      },
      postSecurityHandler: (context: Context, state: CallState) =>
        readBodyOf(context, state, operations, checks),
      unauthorizedHandler: (_context: Context, state: CallState) => {
        throw state.refusal ?? new Problem('token_missing');
      },
      validationFail: (context: Context) => {
        throw validationProblem(context);
      },
      notFound: () => {
        throw noRoute([]);
      },
      methodNotAllowed: (context: Context) => {
        throw noRoute(methodsOf(context.request.path, operations));
      },
      notImplemented: () => {
        throw new Problem('not_found');
      },
    },
    securityHandlers: { staffToken: (_context: Context, state: CallState) => checkToken(state) },
  });
  await backend.init();
  return backend;
}

function handlerOf(id: string, options: ExpressListenerOptions) {
  return (context: Context, state: CallState) => {
    const operation = options.operations[id];
    if (operation === undefined || state.call === undefined) throw new Problem('not_found');
    state.call = { ...state.call, query: context.request.query as Record<string, string> };
    return operation.answer(state.call);
  };
}

function callOf(
  context: Context,
  state: CallState,
  operations: ReadonlyMap<string, ContractOperation>,
): ListenerCall | undefined {
  // also called when no operation was found
  const found = (context as Partial<Context>).operation;
  const operation = found?.operationId === undefined ? undefined : operations.get(found.operationId);
  if (operation === undefined) return undefined;
  return {
    operation,
    params: context.request.params as Record<string, string>,
    query: {},
    headers: state.request.headers,
    body: undefined,
    bytes: state.bytes,
    staff: undefined,
    socket: state.request.socket,
  };
}

/** Token and scope. The library keeps of a failure only that there was one, so the reason is put aside. */
function checkToken(state: CallState): boolean {
  const { call, caller } = state;
  if (call === undefined) return false;
  if ('problem' in caller) {
    state.refusal = caller.problem;
    return false;
  }
  const { staff } = caller;
  if (staff === undefined) return false;
  state.call = { ...call, staff };
  const { scopes } = call.operation;
  if (staff.scopes.some((scope) => scopes.includes(scope))) return true;
  state.refusal = new Problem('scope_missing', { scope: scopes.join(' / ') });
  return false;
}

/** Only now is the body looked at: a stranger's is not even parsed. */
function readBodyOf(
  context: Context,
  state: CallState,
  operations: ReadonlyMap<string, ContractOperation>,
  checks: ReadonlyMap<string, RequestChecks>,
): void {
  const { call } = state;
  const security = context.security as { authorized?: boolean };
  if (call === undefined || (call.operation.security.length > 0 && security.authorized !== true)) return;
  if (!operations.has(call.operation.operationId)) return;
  const body = checks.get(call.operation.operationId)?.body(state.request.rawHeaders, state.bytes);
  state.call = { ...call, body };
  if (body !== undefined) state.backendRequest.body = body;
}

/** The library's pointers begin with the part of the request: `/requestBody/…`, `/query/…`, `/path/…`, `/header/…`. */
function validationProblem(context: Context): Problem {
  const errors = context.validation.errors ?? [];
  return invalidRequest(
    errors.map((error) => ({
      ...error,
      instancePath: error.instancePath.replace(/^\/requestBody/, '/body'),
    })),
    '',
  );
}

function methodsOf(path: string, operations: ReadonlyMap<string, ContractOperation>): string[] {
  const pattern = (template: string): RegExp =>
    new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);
  return [...operations.values()]
    .filter((operation) => pattern(operation.path).test(path))
    .map((operation) => operation.method);
}
