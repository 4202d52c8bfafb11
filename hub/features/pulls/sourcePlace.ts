import { Problem } from '../../../terms/problem.ts';
import type { PullDocument } from '../../domain/pull.ts';

/** A database that the operator allows the hub to connect to (`sources` of hub.json). */
export interface SourcePlace {
  /** department whose pulls may name it */
  readonly department: string;
  /** a host name, an address, or the folder of a socket */
  readonly host: string;
  readonly port: number;
  /** `off`: only for connections that no third party can read */
  readonly tls: 'verify' | 'off';
  /** PEM of the authority that issued its certificate; absent: the system's trusted authorities */
  readonly ca?: string;
}

/**
 * The hub connects only to databases that its operator listed; otherwise a steward could make it connect to any host.
 * @throws Problem pull_source_not_allowed
 */
export function allowedPlace(
  places: readonly SourcePlace[],
  department: string,
  { host, port }: PullDocument['source'],
): SourcePlace {
  const place = places.find((one) => one.department === department && one.host === host && one.port === port);
  if (place === undefined) throw new Problem('pull_source_not_allowed', { host, port, department });
  return place;
}
