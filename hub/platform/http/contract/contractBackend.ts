/**
 * Creates openapi-backend for the operations of one listener. It finds the operation of a request, names the security scheme, and
 * compiles the validators. The request pipeline decides when to authenticate and when to validate: docs/decisions/0001-http-stack.md.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { OpenAPIBackend, type Context, type Document, type Handler } from 'openapi-backend';
import {
  documentOf,
  operationsOf,
  schemeOn,
  type Contract,
  type JsonObject,
  type Listener,
} from './contract.ts';
import { noRoute } from '../replies/reply.ts';

/**
 * One backend per path, by path template, fixed segments before parameters. express finds the path: the backend's router copies all operations
 * of its definition at every call, which takes milliseconds for a whole listener.
 * @param handlers by operationId
 */
export async function contractBackends(
  contract: Contract,
  listener: Listener,
  handlers: Readonly<Record<string, Handler>>,
): Promise<ReadonlyMap<string, OpenAPIBackend>> {
  const { paths, ...document } = documentOf(contract, listener);
  const operations = operationsOf(contract, listener);
  const ajv = contractAjv(listener === 'exchange');
  const made = Object.entries(paths as Readonly<Record<string, PathItem>>)
    .sort(([one], [other]) => (one.replaceAll('{', '~') < other.replaceAll('{', '~') ? -1 : 1))
    .map(async ([path, item]) => {
      const here = operations.filter((operation) => operation.path === path);
      const schemes = here.flatMap((operation) => schemeOn(operation, listener) ?? []);
      const backend = new OpenAPIBackend({
        definition: { ...document, paths: { [path]: requestsOf(item) } } as Document,
        strict: true,
        // the library can only check documents of OpenAPI 3.0; validators are compiled at their first use
        quick: true,
        // the pipeline calls the validators: requestChecks.ts
        validate: () => false,
        ignoreTrailingSlashes: false,
        // the library's own instance implements draft 07; the contract uses JSON Schema 2020-12
        customizeAjv: () => ajv,
        handlers: {
          ...Object.fromEntries(here.map(({ operationId }) => [operationId, handlers[operationId]])),
          notFound: () => {
            throw noRoute([]);
          },
          methodNotAllowed: () => {
            throw noRoute(here.map(({ method }) => method));
          },
        },
        securityHandlers: Object.fromEntries(schemes.map((scheme) => [scheme, () => scheme])),
      });
      await backend.init();
      return [path, backend] as const;
    });
  return new Map(await Promise.all(made));
}

/** The security scheme that the backend found for a request; undefined if none applies. A listener has one per operation at most. */
export const schemeOf = ({ security }: Pick<Context, 'security'>): string | undefined =>
  Object.keys(security).find((name) => security[name] === name);

/** Matches the addresses of a path template; its groups are the parameters. No identifier needs an escape, so `%` never matches. */
export const pathPattern = (template: string): RegExp =>
  new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{([^}]+)\}/g, '(?<$1>[^/%]+)')}$`);

type PathItem = Readonly<Record<string, JsonObject>>;

/**
 * The input of the backend for the operations of a path. Every schema is a separate object, since the library treats an object that
 * occurs twice as a cycle.
 */
function requestsOf(item: PathItem): JsonObject {
  const requests = Object.entries(item).map(
    ([method, { operationId, security, parameters, requestBody }]) => [
      method,
      { operationId, security, parameters, requestBody },
    ],
  );
  return JSON.parse(JSON.stringify(Object.fromEntries(requests))) as JsonObject;
}

/**
 * A validator for schemas of the contract: strict, JSON Schema 2020-12. It does not validate the schemas themselves: `npm run check` lints the
 * contract.
 * @param optimize false if compiling fast matters more than validating fast
 */
export function contractAjv(optimize = true): Ajv2020 {
  const ajv = new Ajv2020({
    meta: false,
    validateSchema: false,
    code: { optimize },
    strict: true,
    allErrors: true,
    discriminator: true,
    allowUnionTypes: true,
    strictRequired: false,
  });
  addFormats.default(ajv, ['date', 'date-time']);
  const rfc3339 = ajv.formats['date-time'] as { readonly validate: (text: string) => boolean };
  // a leap second (23:59:60Z) is a time by RFC 3339 §5.7, but no moment that can be compared with others here
  ajv.addFormat('date-time', (text) => rfc3339.validate(text) && !Number.isNaN(Date.parse(text)));
  ajv.addFormat('binary', true);
  // the Chinese next to a description
  ajv.addKeyword('x-description-zh');
  return ajv;
}
