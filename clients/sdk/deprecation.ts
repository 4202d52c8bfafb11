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

/** What a reply says of a version on its way out: RFC 9745 (Deprecation) and RFC 8594 (Sunset). A notice, not signed; nothing is decided by it. */
export interface Deprecation {
  /** id of the dataset */
  readonly dataset: string;
  /** RFC 3339 */
  readonly since: string;
  /** RFC 3339: from then on it may not answer as it does; absent where no day was agreed */
  readonly sunset?: string;
}

/** @param path of the call @param headers of its reply, by lower-case name @returns undefined where they say nothing, or nothing that is understood */
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

/** What the answers of one client told so far. */
export class Deprecations {
  private readonly told = new Map<string, Deprecation>();

  /** The newest notice of each dataset. */
  all(): readonly Deprecation[] {
    return [...this.told.values()];
  }

  /** Of a reply that was verified. */
  hear(path: string, headers: ReadonlyMap<string, string>): void {
    const deprecation = deprecationIn(path, headers);
    if (deprecation !== undefined) this.told.set(deprecation.dataset, deprecation);
  }
}

/** What the hub makes of a signature, and where its base differs from the one that was signed here. */
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

/** A fixed segment wins over a parameter, as it does at the hub. */
const templates = signedOperations
  .map(([method, path, operation]) => ({ method, names: path.split('/'), operation }))
  .sort((a, b) => a.names.filter(isParameter).length - b.names.filter(isParameter).length);

/** What a signed request of this method and path (without query) calls; undefined for an address the contract does not know. */
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

/** Whether only the machine that holds the keys calls it, and no application in its name: renewals, the connector. */
export const isOwnMachine = (method: string, path: string): boolean =>
  ownMachineOperations.includes(calledOperation(method, path)?.operation ?? '');
