/**
 * Allowed locations of a provider's service: an origin that the operator configured (`services` of hub.json), at an address that is
 * resolved once and then used for the connection. Otherwise a steward could make the hub connect to any host, and a name could resolve to
 * another address on a second look-up.
 */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { Problem } from '../../../../terms/problem.ts';

/** A service that the operator lets the hub connect to (`services` of hub.json). */
export interface ServicePlace {
  /** the department whose datasets may name it */
  readonly department: string;
  /** `https://his.health.example:9443` */
  readonly origin: string;
  /** networks that its name may resolve to; absent: any except this host itself, its link-local network and reserved addresses */
  readonly addresses?: readonly string[];
  /** PEM of the authority that issues its certificate; absent: those that the host trusts */
  readonly ca?: string;
}

/** @throws Problem live_service_not_allowed */
export function allowedService(
  places: readonly ServicePlace[],
  department: string,
  url: string,
): ServicePlace {
  const { origin } = new URL(url);
  const place = places.find((one) => one.department === department && new URL(one.origin).origin === origin);
  if (place === undefined) throw new Problem('live_service_not_allowed', { origin, department });
  return place;
}

/** All addresses of a name. */
export type Resolve = (name: string) => Promise<readonly string[]>;

export const resolveName: Resolve = async (name) =>
  (await lookup(name, { all: true })).map(({ address }) => address);

/** This host, its link-local network (where clouds serve their secrets), multicast, and reserved addresses. */
const never = [
  ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'],
  ...['::/127', 'fe80::/10', 'ff00::/8', '64:ff9b::/96', '2002::/16'],
];

const listOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    list.addSubnet(address, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  return list;
};

const forbidden = listOf(never);

/** Converts an IPv4 address written as IPv6 to the IPv4 address. */
function plain(address: string): string {
  const [, dotted] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  return dotted ?? address;
}

/** Whether a service may have an address. */
function mayLieAt({ addresses }: Pick<ServicePlace, 'addresses'>, address: string): boolean {
  const real = plain(address);
  const version = isIP(real);
  if (version === 0) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  // in hexadecimal (::ffff:7f00:1) too
  if (family === 'ipv6' && /^::ffff:/i.test(real)) return false;
  return addresses === undefined ? !forbidden.check(real, family) : listOf(addresses).check(real, family);
}

/**
 * The addresses to connect to: resolved once, and only the allowed ones.
 * @returns none where the name has no allowed one
 * @throws Error of the look-up
 */
export async function addressesOf(
  place: ServicePlace,
  hostname: string,
  resolve: Resolve,
): Promise<readonly string[]> {
  const literal = hostname.replace(/^\[(.*)\]$/, '$1');
  const found = isIP(literal) === 0 ? await resolve(literal) : [literal];
  return found.map(plain).filter((address) => mayLieAt(place, address));
}
