/** The certificate that a client presents: renewed when it is due, and replaced while the client runs. */
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
  /** stores the new certificate and its key, before either is used */
  readonly keep: (tls: Tls, issued: IssuedCertificate) => Promise<void> | void;
  /** Unix milliseconds; the machine's clock where absent */
  readonly now?: () => number;
  /** renews before it is due: the hub's authority was stolen, so the certificate is refused everywhere except on the open listener */
  readonly atOnce?: boolean;
  /** key to be certified; absent: a new one of the same kind */
  readonly pair?: KeyPair;
}

export class OwnCertificate {
  private readonly options: Pick<DatongClientOptions, 'department' | 'ca'>;
  private readonly connection: Connection;
  private readonly services: CallServices;
  private readonly open: (path: string, posted?: object) => Promise<unknown>;
  private tls: Tls;

  /** @param open calls the open listener over the same connection; where a body is given, with a POST */
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

  /** Requests a new certificate for a certificate request made with the TLS key (PEM), by a signed call. */
  async renew(csr: string): Promise<unknown> {
    const input = jsonCall('/v1/certificates/renewals', { csr }, {}, 'optional');
    return (await signedCall(input, this.services)).json;
  }

  /**
   * Renews the certificate where it is due, in its grace period too, and uses the new one.
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
    // the root certificate may have been renewed since; a failed fetch is repeated at the next renewal
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
