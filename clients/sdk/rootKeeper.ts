/** Follows the certificate of the hub's root, for a process that runs for years and whose own certificate another program may renew. */
import { X509Certificate } from 'node:crypto';
import type { Keeper } from './certificateKeeper.ts';
import type { DatongClient } from './datongClient.ts';

/** milliseconds before the end of a root's certificate in which a further one is requested */
export const yearOfRoot = 366 * 86_400_000;

/**
 * In the last year of the root's certificate, asks at intervals whether its key has a further one. The client stores it by itself.
 * @param ca PEM of the root certificate that the client was made with
 * @param options milliseconds between two checks, an hour where absent; and the current time
 */
export function keepRootFresh(
  client: Pick<DatongClient, 'anchorsDocument'>,
  ca: string,
  { every = 3_600_000, now = Date.now }: { readonly every?: number; readonly now?: () => number } = {},
): Keeper {
  const ends = Date.parse(new X509Certificate(ca).validTo);
  const look = async (): Promise<void> => {
    if (ends - now() <= yearOfRoot) await client.anchorsDocument().catch(() => undefined);
  };
  const timer = setInterval(() => void look(), every).unref();
  return { look, stop: () => clearInterval(timer) };
}
