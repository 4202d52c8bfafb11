import {
  compareBases,
  readSignature,
  requestBase,
  type BaseDifference,
  type Diagnosis,
} from '../../certs/signatures/index.ts';
import type { Answer } from './types.ts';
import { ownMachineOperations, signedOperations } from '../../api/signedOperations.ts';
import type { CalledOperation } from '../../log/receipt/verifyExchange.ts';

/**
 * A deprecation notice in a reply: RFC 9745 (Deprecation) and RFC 8594 (Sunset). It is not signed, and the client decides nothing by it.
 */
export interface Deprecation {
  /** id of the dataset */
  readonly dataset: string;
  /** RFC 3339 */
  readonly since: string;
  /** RFC 3339: from then on its answers may change; absent where no day was agreed */
  readonly sunset?: string;
}

/**
 * @param path of the call @param headers of its reply, by lower-case name @returns undefined without a notice, or for one that cannot be
 * parsed
 */
export function deprecationIn(path: string, headers: ReadonlyMap<string, string>): Deprecation | undefined {
  const dataset = /^\/v1\/datasets\/([a-z0-9.-]{3,101})\//.exec(path)?.[1];
  const since = /^@(\d{1,11})$/.exec(headers.get('deprecation') ?? '')?.[1];
  if (dataset === undefined || since === undefined) return undefined;
  const end = Date.parse(headers.get('sunset') ?? '');
  return {
    dataset,
    since: new Date(Number(since) * 1000).toISOString(),
    ...(Number.isNaN(end) ? {} : { sunset: new Date(end).toISOString() }),
  };
}

/** Deprecation notices that the answers of one client have reported. */
export class Deprecations {
  private readonly notices = new Map<string, Deprecation>();

  /** The newest notice of each dataset. */
  all(): readonly Deprecation[] {
    return [...this.notices.values()];
  }

  /** Takes the notice of a verified reply. */
  hear(path: string, headers: ReadonlyMap<string, string>): void {
    const deprecation = deprecationIn(path, headers);
    if (deprecation !== undefined) this.notices.set(deprecation.dataset, deprecation);
  }
}

/** How the hub verifies a signature, and where its signature base differs from the one signed here. */
export interface OwnDiagnosis {
  readonly diagnosis: Diagnosis;
  readonly difference: BaseDifference | undefined;
}

export function diagnosisIn({ json, kept: { request } }: Answer<unknown>): OwnDiagnosis {
  const diagnosis = json as Diagnosis;
  const own = requestBase(readSignature(request), request);
  return { diagnosis, difference: compareBases(diagnosis.base?.join('\n') ?? own, own) };
}

const isParameter = (name: string): boolean => name.startsWith('{');

/** A fixed segment has precedence over a parameter, as at the hub. */
const templates = signedOperations
  .map(([method, path, operation]) => ({ method, names: path.split('/'), operation }))
  .sort((a, b) => a.names.filter(isParameter).length - b.names.filter(isParameter).length);

/**
 * The operation that a signed request of this method and path (without query) calls; undefined for a path that the contract does not have.
 */
export function calledOperation(method: string, path: string): CalledOperation | undefined {
  const segments = path.split('/');
  const found = templates.find(
    ({ method: wanted, names }) =>
      wanted === method &&
      names.length === segments.length &&
      names.every((name, at) => (isParameter(name) ? segments[at] !== '' : name === segments[at])),
  );
  if (found === undefined) return undefined;
  const dataset = segments[found.names.indexOf('{dataset}')];
  return { operation: found.operation, ...(dataset === undefined ? {} : { dataset }) };
}

/** True where only the machine with the keys may make the call, and no application in its name: renewals, the connector. */
export const isOwnMachine = (method: string, path: string): boolean =>
  ownMachineOperations.includes(calledOperation(method, path)?.operation ?? '');
