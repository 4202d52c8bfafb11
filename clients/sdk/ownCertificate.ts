/** The certificate that a client shows: renewed when it is time, and replaced while the client works. */
import { createPrivateKey } from 'node:crypto';
import { createCertificateRequest } from '../../certs/authority/createRequest.ts';
import { privateKeyPem, type KeyPair } from '../../certs/authority/keyPair.ts';
import { provePossession } from '../../certs/authority/possession.ts';
import { newKeyPairLike } from '../../machine/newKeyPair.ts';
import { Problem } from '../../terms/problem.ts';
import type { DatongClientOptions } from './clientOptions.ts';
import type { Connection } from './connection.ts';
import { issuedCertificate, type IssuedCertificate } from './issuedCertificate.ts';
import { jsonCall } from './jsonCall.ts';
import { anchorsPath } from './openCall.ts';
import { renewalWay } from './renewalWay.ts';
import { signedCall, type CallServices } from './signedCall.ts';

type Tls = DatongClientOptions['tls'];

export interface Renewing {
  /** keeps the new certificate and its key, before either is used */
  readonly keep: (tls: Tls, issued: IssuedCertificate) => Promise<void> | void;
  /** Unix milliseconds; the machine's clock where absent */
  readonly now?: () => number;
  /** although it is not time yet: the hub's authority was stolen, so that the certificate is refused everywhere but on the open listener */
  readonly atOnce?: boolean;
  /** key to be certified; a fresh one of the kind of the old where absent */
  readonly pair?: KeyPair;
}

export class OwnCertificate {
  private readonly options: Pick<DatongClientOptions, 'department' | 'ca'>;
  private readonly connection: Connection;
  private readonly services: CallServices;
  private readonly open: (path: string, posted?: object) => Promise<unknown>;
  private tls: Tls;

  /** @param open calls the open listener over the same connection, with a POST of what is posted */
  constructor(
    options: Pick<DatongClientOptions, 'department' | 'ca' | 'tls'>,
    connection: Connection,
    services: CallServices,
    open: (path: string, posted?: object) => Promise<unknown>,
  ) {
    this.options = options;
    this.tls = options.tls;
    this.connection = connection;
    this.services = services;
    this.open = open;
  }

  /** A new certificate for a certificate request made with the TLS key (PEM), by a signed call. */
  async renew(csr: string): Promise<unknown> {
    const input = jsonCall('/v1/certificates/renewals', { csr }, {}, 'optional');
    return (await signedCall(input, this.services)).json;
  }

  /**
   * Renews where it is time, in its grace too, and goes on with the new one.
   * @returns undefined where it was too early
   * @throws Problem certificate_grace_over, reply_certificate_invalid; DatongProblem; the network's own error
   */
  async renewWhenDue({
    keep,
    now = Date.now,
    pair,
    atOnce = false,
  }: Renewing): Promise<IssuedCertificate | undefined> {
    const { department, ca } = this.options;
    const due = renewalWay(this.tls.cert, now());
    const way = atOnce && due !== 'over' ? 'grace' : due;
    if (way === 'none') return undefined;
    if (way === 'over') throw new Problem('certificate_grace_over');
    const fresh = pair ?? newKeyPairLike(createPrivateKey(this.tls.key));
    const csr = await createCertificateRequest(fresh, department);
    const reply = await (way === 'signed' ? this.renew(csr) : this.renewInGrace(csr));
    const issued = issuedCertificate(reply as Readonly<Record<string, unknown>>, fresh.publicKey, ca);
    if (issued === undefined) throw new Problem('reply_certificate_invalid');
    const tls = { cert: issued.chain, key: privateKeyPem(fresh.privateKey) };
    await keep(tls, issued);
    this.tls = tls;
    this.connection.useCertificate(tls);
    // the root's certificate may have been prolonged meanwhile; an answer that does not come is asked for at the next renewal
    await this.open(anchorsPath).catch(() => undefined);
    return issued;
  }

  private async renewInGrace(csr: string): Promise<unknown> {
    const { origin, now } = (await this.open('/.well-known/datong-signing')) as {
      origin: string;
      now: string;
    };
    const claims = { aud: origin, csr, iat: Math.floor(Date.parse(now) / 1000) };
    const proof = provePossession('renewal', claims, this.services.key);
    return this.open('/v1/certificates/grace-renewals', { csr, proof });
  }
}
