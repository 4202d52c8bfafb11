/**
 * What the listeners show and demand in TLS. Owner of: the listeners' key (in memory only, one a process), their certificate, and the
 * intermediate's revocation list. Both are made again at half of their life: an expired list would refuse everyone.
 */
import { newSerial } from '../../../machine/newSerial.ts';
import { constants } from 'node:crypto';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import type { Authority } from '../../../certs/authority/createAuthority.ts';
import { issueListenerCertificate, type IssuedCertificate } from '../../../certs/authority/issueLeaf.ts';
import { privateKeyPem } from '../../../certs/authority/keyPair.ts';
import { newKeyPair } from '../../../machine/newKeyPair.ts';
import { lifetimes, renewableFrom } from '../../../certs/authority/lifetimes.ts';
import { Mutex } from '../../../machine/mutex.ts';
import { issueRevocationList, type Revoked } from '../../../certs/authority/revocationList.ts';

/** exchange demands a certificate of the authority, open asks for any, staff and admin want none */
export type Listener = 'exchange' | 'open' | 'staff' | 'citizen' | 'admin';

export interface RevocationList {
  readonly pem: string;
  /** Unix milliseconds; from then on nobody who checks it is let in */
  readonly nextUpdate: number;
}

export interface TlsMaterial {
  /**
   * Makes anew what is half spent, and the list where revocations were added. One at a time, so that no older list replaces a newer one.
   * @param revoked asked once no other refresh is under way
   * @returns whether anything is new
   */
  refresh(revoked: () => readonly Revoked[], now: number): Promise<boolean>;
  /** for https.createServer and, on a change, server.setSecureContext */
  options(listener: Listener): TlsOptions;
  readonly list: RevocationList;
  /** Unix milliseconds */
  readonly certificateUntil: number;
}

/** Forward secrecy and authenticated encryption only; TLS 1.3 suites stand as they are. */
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
  // A session that resumes skips the look at the revocation list, so none resumes. Connections are kept open instead.
  secureOptions:
    constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION,
};

/** @param hosts names and addresses of the listeners */
export async function makeTlsMaterial(
  authority: Authority,
  hosts: readonly string[],
  revoked: readonly Revoked[],
  now: number,
): Promise<TlsMaterial> {
  const pair = newKeyPair();
  const key = privateKeyPem(pair.privateKey);
  const newCertificate = (at: number): Promise<IssuedCertificate> =>
    issueListenerCertificate(authority, { serial: newSerial(), hosts, publicKey: pair.publicKey, now: at });
  const newList = async (entries: readonly Revoked[], at: number): Promise<RevocationList> => ({
    pem: await issueRevocationList(
      { certificate: authority.intermediateCertificate, key: authority.intermediateKey },
      { revoked: entries, now: at },
    ),
    nextUpdate: at + lifetimes.revocationList,
  });
  const mutex = new Mutex();
  let certificate = await newCertificate(now);
  let list = await newList(revoked, now);
  let listed = serials(revoked);

  async function renewSpent(entries: readonly Revoked[], at: number): Promise<boolean> {
    const listSpent = serials(entries) !== listed || at > list.nextUpdate - lifetimes.revocationList / 2;
    const certificateSpent = at > renewableFrom(certificate);
    if (listSpent) {
      list = await newList(entries, at);
      listed = serials(entries);
    }
    if (certificateSpent) certificate = await newCertificate(at);
    return listSpent || certificateSpent;
  }

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
        // the intermediate too: clients that send only their own certificate are then understood
        ca: [authority.rootCertificate, authority.intermediateCertificate],
        // one entry an issuer, and never joined: Node reads only the first list of a text
        crl: [authority.rootRevocationList, list.pem],
      };
    },
    get list() {
      return list;
    },
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
