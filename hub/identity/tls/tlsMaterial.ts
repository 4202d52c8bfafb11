/**
 * The TLS material that the listeners present and require. Owns the listeners' key (in memory only, one per process), their certificate,
 * and the intermediate's revocation list. Both are renewed at half of their life, because an expired list would reject everyone.
 */
import { newKeyPair, newSerial } from '../../../machine/newKeyPair.ts';
import { constants } from 'node:crypto';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import type { Authorities, Issuer } from '../../platform/keys/hubKeys.ts';
import { issueListenerCertificate, type IssuedCertificate } from '../../../certs/authority/issueLeaf.ts';
import { privateKeyPem } from '../../../certs/authority/keyPair.ts';
import { lifetimes, renewableFrom } from '../../../certs/authority/lifetimes.ts';
import { Mutex } from '../../../machine/mutex.ts';
import { issueRevocationList, type Revoked } from '../../../certs/authority/revocationList.ts';

/** exchange requires a certificate of the authority, open requests any, staff and admin request none */
export type Listener = 'exchange' | 'open' | 'staff' | 'citizen' | 'admin';

export interface RevocationList {
  readonly pem: string;
  /** Unix milliseconds; after this time every peer that the list is checked for is rejected */
  readonly nextUpdate: number;
}

/** A revocation, and the list that contains it. */
export interface IssuedRevoked extends Revoked {
  /** serial of the intermediate authority; null: the hub's first */
  readonly issuer: string | null;
}

export interface TlsMaterial {
  /**
   * Renews what has passed half of its life, and the list if there are new revocations. Refreshes run one at a time, so that no older
   * list replaces a newer one.
   * @param revoked called once no other refresh is under way
   * @returns whether anything is new
   */
  refresh(revoked: () => readonly IssuedRevoked[], now: number): Promise<boolean>;
  /** for https.createServer and, on a change, server.setSecureContext */
  options(listener: Listener): TlsOptions;
  /** of the authority that signs now */
  readonly list: RevocationList;
  /** @param authority `intermediate` for the one that signs now, else a serial @returns PEM; undefined for one that does not count */
  listOf(authority: string): string | undefined;
  /** Unix milliseconds */
  readonly certificateUntil: number;
}

/** Forward secrecy and authenticated encryption only; TLS 1.3 suites are unchanged. */
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
].join(':');

const context: SecureContextOptions & TlsOptions = {
  minVersion: 'TLSv1.2',
  ciphers,
  honorCipherOrder: true,
  // A resumed session skips the revocation check, so resumption is off. Connections stay open instead.
  secureOptions:
    constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION,
};

/** One issuer's list, and its inputs. */
interface IssuersList extends RevocationList {
  readonly listed: string;
}

/** @param hosts names and addresses of the listeners */
export async function makeTlsMaterial(
  authority: Authorities,
  hosts: readonly string[],
  revoked: readonly IssuedRevoked[],
  now: number,
): Promise<TlsMaterial> {
  const pair = newKeyPair();
  const key = privateKeyPem(pair.privateKey);
  const newCertificate = (at: number): Promise<IssuedCertificate> =>
    issueListenerCertificate(authority, { serial: newSerial(), hosts, publicKey: pair.publicKey, now: at });
  const newList = async (
    issuer: Issuer,
    entries: readonly IssuedRevoked[],
    at: number,
  ): Promise<IssuersList> => ({
    pem: await issueRevocationList(issuer, { revoked: entries, now: at }),
    nextUpdate: at + lifetimes.revocationList,
    listed: serials(entries),
  });
  const mutex = new Mutex();
  let certificate = await newCertificate(now);
  /** lists of the valid issuers, by serial of the issuer */
  let lists: ReadonlyMap<string, IssuersList> = new Map();
  let issuers: readonly Issuer[] = [];
  let rootList = '';
  await renewSpent(revoked, now);

  async function renewSpent(entries: readonly IssuedRevoked[], at: number): Promise<boolean> {
    const current = authority.issuers(at);
    const own = (issuer: Issuer): readonly IssuedRevoked[] =>
      entries.filter((one) =>
        one.issuer === null ? authority.isFirst(issuer.serial) : one.issuer === issuer.serial,
      );
    const made = new Map<string, IssuersList>();
    for (const issuer of current) {
      const before = lists.get(issuer.serial);
      const spent =
        before === undefined ||
        before.listed !== serials(own(issuer)) ||
        at > before.nextUpdate - lifetimes.revocationList / 2;
      made.set(issuer.serial, spent ? await newList(issuer, own(issuer), at) : before);
    }
    const { signer, rootRevocationList } = authority;
    const certificateSpent = at > renewableFrom(certificate) || certificate.issuer !== signer.serial;
    const listsSpent =
      rootList !== rootRevocationList ||
      made.size !== lists.size ||
      [...made].some(([serial, list]) => lists.get(serial) !== list);
    if (certificateSpent) certificate = await newCertificate(at);
    lists = made;
    issuers = current;
    rootList = rootRevocationList;
    return listsSpent || certificateSpent;
  }

  /** The list of the authority that signs now; where it has ended there is none, and every peer is rejected. */
  const current = (): RevocationList =>
    lists.get(authority.signer.serial) ?? { pem: '', nextUpdate: authority.signer.notAfter };

  return {
    async refresh(entries, at) {
      const release = await mutex.acquire(false);
      try {
        return await renewSpent(entries(), at);
      } finally {
        release();
      }
    },
    options(listener) {
      const own = { ...context, key, cert: certificate.chain };
      if (listener === 'staff' || listener === 'citizen' || listener === 'admin') return own;
      if (listener === 'open') return { ...own, requestCert: true, rejectUnauthorized: false };
      return {
        ...own,
        requestCert: true,
        rejectUnauthorized: true,
        // the intermediates too, so that clients that send only their own certificate are accepted
        ca: [authority.rootCertificate, ...issuers.map((issuer) => issuer.certificate)],
        // one entry per issuer, never joined: Node reads only the first list of a text
        crl: [rootList, ...[...lists.values()].map(({ pem }) => pem)],
      };
    },
    get list() {
      return current();
    },
    listOf: (named) => lists.get(named === 'intermediate' ? authority.signer.serial : named)?.pem,
    get certificateUntil() {
      return certificate.notAfter;
    },
  };
}

const serials = (revoked: readonly Revoked[]): string =>
  revoked
    .map((one) => one.serial)
    .sort()
    .join(' ');
