import { Problem } from '../../../terms/problem.ts';
import type { PullDocument } from '../../domain/pull.ts';

/** A database that the operator lets the hub connect to (`sources` of hub.json). */
export interface SourcePlace {
  /** whose pulls may name it */
  readonly department: string;
  /** a name, an address, or the folder of a socket */
  readonly host: string;
  readonly port: number;
  /** `off`: only on lines that nobody else reads */
  readonly tls: 'verify' | 'off';
  /** PEM of the authority that its certificate comes from; absent: those that the machine knows */
  readonly ca?: string;
}

/** The hub connects to nothing that its operator has not named: a steward could otherwise make it knock at any door. @throws Problem pull_source_not_allowed */
export function allowedPlace(
  places: readonly SourcePlace[],
  department: string,
  { host, port }: PullDocument['source'],
): SourcePlace {
  const place = places.find((one) => one.department === department && one.host === host && one.port === port);
  if (place === undefined) throw new Problem('pull_source_not_allowed', { host, port, department });
  return place;
}
