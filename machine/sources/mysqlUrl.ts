import { usualPorts, type SourceAddress } from './sqlSource.ts';

/** Whether an address names a database of MySQL or MariaDB. */
export const isMysql = (address: string): boolean => /^(?:mysql|mariadb):/i.test(address);

interface Options {
  readonly tls: SourceAddress['tls'];
  readonly ca: string | undefined;
  readonly socket: string | undefined;
}

/** The options of an address; undefined where one is unknown, occurs twice or is invalid. */
function optionsOf(written: URLSearchParams): Options | undefined {
  const { tls = 'verify', ca, socket, ...others } = Object.fromEntries(written);
  const doubled = [...written].length !== new Set(written.keys()).size;
  if (Object.keys(others).length > 0 || doubled) return undefined;
  if (tls !== 'verify' && tls !== 'off') return undefined;
  // an authority has no effect where no certificate is requested
  if (tls === 'off' && ca !== undefined) return undefined;
  if (socket !== undefined && !socket.startsWith('/')) return undefined;
  return { tls, ca, socket };
}

/**
 * Parses an address in one line, strictly, because a misspelt option would be a lost guarantee. @returns undefined for an invalid one
 */
export function mysqlUrl(
  address: string,
): (Omit<SourceAddress, 'ca'> & { readonly caFile?: string }) | undefined {
  if (!URL.canParse(address)) return undefined;
  const { hostname, port, pathname, username, password, searchParams, hash } = new URL(address);
  const options = optionsOf(searchParams);
  if (options === undefined || hash !== '') return undefined;
  const { tls, ca, socket } = options;
  const host = socket ?? hostname.replace(/^\[|\]$/g, '');
  try {
    const database = decodeURIComponent(pathname.slice(1));
    if (host === '' || username === '' || database === '' || database.includes('/')) return undefined;
    return {
      host,
      port: port === '' ? usualPorts.mysql : Number(port),
      database,
      tls,
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      ...(ca !== undefined && { caFile: ca }),
    };
  } catch {
    return undefined;
  }
}
