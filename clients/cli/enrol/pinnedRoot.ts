import { connect } from 'node:tls';
import { findPinned } from '../../../certs/authority/identifiers.ts';
import { exitCode, VerbFailure } from '../verb.ts';

/** milliseconds for connection and handshake */
const patience = 15_000;

/**
 * The root certificate that the pin names, from the chain the hub presents. Nothing is sent over this connection: the certificate is
 * public, and every connection after it is verified against it alone.
 * @param origin `https://host:port` of the open listener
 * @returns PEM
 * @throws VerbFailure (exit 5) when no certificate of the chain has the pin; the network's own error
 */
export async function pinnedRoot(origin: string, pin: string): Promise<string> {
  const chain = await presentedChain(origin);
  const root = findPinned(chain, pin);
  if (root !== undefined) return root.toString();
  throw new VerbFailure(
    exitCode.verification,
    {
      zh: `${origin} 出示的证书链中没有与指纹 ${pin} 相符的根证书`,
      en: `no certificate that ${origin} presents has the pin ${pin}`,
    },
    {
      zh: '这可能不是您要找的枢纽。请当面或电话向数据主管部门核对地址与指纹，不要用别处看到的指纹重试',
      en: 'this may not be the hub you want. Compare address and pin with the data office in person or by telephone',
    },
  );
}

/** As Node really returns it: a certificate whose issuer was not sent names none. */
interface Presented {
  readonly raw?: Buffer;
  readonly issuerCertificate?: Presented;
}

/**
 * The certificate chain that a listener presents, from its own certificate up (DER). Nothing of it is verified. @throws the network's own
 * error
 */
export async function presentedChain(origin: string): Promise<readonly Buffer[]> {
  const { hostname, port } = new URL(origin);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return await new Promise((resolve, reject) => {
    const place = { host, port: Number(port === '' ? 443 : port), rejectUnauthorized: false };
    const socket = connect(place, () => {
      resolve(rawCertificates(socket.getPeerCertificate(true)));
      socket.destroy();
    });
    socket.setTimeout(patience, () => {
      socket.destroy(Object.assign(new Error('no TLS handshake in time'), { code: 'ETIMEDOUT' }));
    });
    socket.once('error', reject);
  });
}

/** From the leaf up; a root, which names itself as its issuer, ends it. */
function rawCertificates(
  { raw, issuerCertificate }: Presented,
  below: readonly Buffer[] = [],
): readonly Buffer[] {
  if (raw === undefined || below.some((seen) => seen.equals(raw))) return below;
  const chain = [...below, raw];
  return issuerCertificate === undefined ? chain : rawCertificates(issuerCertificate, chain);
}
