/**
 * openapi-backend over one listener's operations. It finds the operation, says which security the document asks of the call, and
 * validates; the order of things is the gate's: the scheme is asked by the door that stands for it, again whenever the ground of a decision
 * was lost, and a body is looked at only once its caller is known. A call whose scheme no door stands for gets no further.
 */
import {
  OpenAPIBackend,
  type Context,
  type Document,
  type Handler,
  type Operation,
  type OpenAPIRouter,
} from 'openapi-backend';
import type { OutgoingReply } from '../../gate/reply.ts';
import { Problem } from '../../../terms/problem.ts';
import { answeringOf } from './answeringOf.ts';
import { ContractError, documentOf, operationsOf, schemeOn, type ContractOperation } from './contract.ts';
import type { ExpressListenerOptions, WireCall } from '../expressCall.ts';
import { headOf } from '../headOf.ts';
import { noRoute } from '../replies/problemReply.ts';
import { bodiesInFlight, type BodiesInFlight } from '../bodies/bodiesInFlight.ts';
import { readBody } from '../bodies/readBody.ts';
import { contractAjv } from './contractAjv.ts';
import { readJsonBody } from '../bodies/requestBody.ts';
import { invalidRequest, refused } from './requestFindings.ts';

/** The library would check the document against OpenAPI 3.0 and refuse 3.1; the contract is linted as 3.1 by `npm run check`. */
class Contract31 extends OpenAPIBackend {
  /** Read it is, and without a reference: the library would look for files to which one leads. */
  override loadDocument(): Promise<Document> {
    this.document = this.inputDocument as Document;
    return Promise.resolve(this.document);
  }

  /** What one schema names twice is one object in the resolved document, which the library would take for a circle. */
  override async init(): Promise<this> {
    await super.init();
    const { validator } = this;
    const build = validator.buildRequestValidatorsForOperation.bind(validator);
    validator.buildRequestValidatorsForOperation = (operation) =>
      build(JSON.parse(JSON.stringify(operation)) as Operation);
    return this;
  }

  override validateDefinition(): Document {
    return this.document;
  }

  /** The first thing that is asked of the router, once for each operation. */
  override registerHandler(operationId: string, handler: Handler): void {
    rememberOperations(this.router);
    super.registerHandler(operationId, handler);
  }
}

const remembered = new WeakSet<OpenAPIRouter>();

/** The library's router copies every operation of the document whenever it looks for one, twice a call; the document stays as it is. */
function rememberOperations(router: OpenAPIRouter): void {
  if (remembered.has(router)) return;
  remembered.add(router);
  const operations = router.getOperations();
  const byId = new Map(operations.map((operation) => [operation.operationId, operation]));
  router.getOperations = () => operations;
  router.getOperation = (id) => byId.get(id);
}

/** @throws ContractError when an operation lacks a handler or a handler an operation */
export async function contractBackend(options: ExpressListenerOptions): Promise<OpenAPIBackend> {
  const operations = operationsOf(options.contract, options.listener);
  const unknown = Object.keys(options.operations).filter(
    (id) => !operations.some((one) => one.operationId === id),
  );
  if (unknown.length > 0)
    throw new ContractError(`${options.listener} has no operation ${unknown.join(', ')}`);
  // parts of files come in here, too: what they take of the memory is counted, by the address they come from
  const bodies = bodiesInFlight(options.bodies);
  const schemes = new Set(
    operations
      .map((operation) => schemeOn(operation, options.listener))
      .filter((scheme) => scheme !== undefined),
  );
  const backend = new Contract31({
    definition: documentOf(options.contract, options.listener) as Document,
    strict: true,
    // the validators are made, and run when the gate asks for it
    validate: () => false,
    // validators are compiled when first needed; the document has been resolved by readContract
    quick: true,
    ignoreTrailingSlashes: false,
    // the library makes a draft-07 instance for each validator; the contract is written for 2020-12
    customizeAjv: () => contractAjv(false),
    handlers: {
      ...Object.fromEntries(
        operations.map((operation) => [operation.operationId, handlerOf(operation, options, bodies)]),
      ),
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
    securityHandlers: Object.fromEntries([...schemes].map((scheme) => [scheme, () => scheme])),
  });
  await backend.init();
  return backend;
}

function handlerOf(operation: ContractOperation, options: ExpressListenerOptions, bodies: BodiesInFlight) {
  const answer = answeringOf(options.operations, operation.operationId);
  const bytes = operation.body?.content.has('application/octet-stream') === true;
  return async (context: Context, wire: WireCall): Promise<OutgoingReply> => {
    const { request } = wire;
    wire.operation = operation.operationId;
    const head = headOf(request, operation.method, request.url ?? '');
    const held = bodies.hold(head.address);
    const asked = answer({
      head,
      scheme: askedScheme(context),
      params: context.request.params as Record<string, string>,
      checkHead: () => {
        // a body of bytes is admitted by what its head says, so that is looked at first
        if (bytes) checkCall(context, wire.asked, operation);
        return context.request.query as Record<string, string>;
      },
      readBody: () => readBody(request, operation.bodyLimit, held),
      checkBody: (bytes) => {
        const body = readJsonBody(operation, request.rawHeaders, bytes);
        // a text would be read as JSON once more by the library
        if (body !== undefined && typeof body !== 'object')
          throw refused('/body', 'type', { zh: '应为对象', en: 'must be an object' });
        const sent = { ...wire.asked, ...(body === undefined ? {} : { body }) };
        checkCall(context, sent, operation);
        return body;
      },
    });
    return asked.finally(() => held.release());
  };
}

/** @throws Problem invalid_request */
function checkCall(context: Context, sent: WireCall['asked'], { operationId }: ContractOperation): void {
  const { errors } = context.api.validator.validateRequest(sent, operationId);
  // the library's pointers begin with the part of the request: `/requestBody/…`, `/query/…`, `/path/…`, `/header/…`
  if (errors !== null && errors !== undefined) throw invalidRequest(errors.map(atBody), '');
}

/** The scheme of the requirement that the library matched with the call: a listener has one for each operation at most. */
function askedScheme({ security }: Context): string | undefined {
  return Object.keys(security).find((name) => security[name] === name);
}

const atBody = <E extends { readonly instancePath: string }>(error: E): E => ({
  ...error,
  instancePath: error.instancePath.replace(/^\/requestBody/, '/body'),
});

function methodsOf(path: string, operations: readonly ContractOperation[]): string[] {
  const pattern = (template: string): RegExp =>
    new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);
  return operations.filter((operation) => pattern(operation.path).test(path)).map(({ method }) => method);
}
