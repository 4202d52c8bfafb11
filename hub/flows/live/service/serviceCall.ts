/**
 * One request to a provider's service: to an address that was resolved once, with the hub's certificate, within its time limit, and
 * without redirects.
 */
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ReplyMessage } from '../../../../certs/message.ts';
import { Unanswered } from '../unanswered.ts';
import type { HubCertificate } from './hubCertificate.ts';
import { addressesOf, type Resolve, type ServicePlace } from './servicePlace.ts';

export interface ServiceRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** ms that are left */
  readonly patience: number;
}

export interface ServiceCallLimits {
  /** bytes of an answer */
  readonly maxAnswerLength: number;
  /** connections to one address */
  readonly sockets: number;
  /** ms for which the addresses of a name are reused: a DNS look-up occupies a thread of the pool */
  readonly lookedUpFor: number;
}

export class ServiceCalls {
  private readonly limits: ServiceCallLimits;
  private readonly resolve: Resolve;
  private readonly certificate: () => Promise<HubCertificate>;
  private readonly agents = new Map<string, { readonly serial: string; readonly agent: Agent }>();
  private readonly found = new Map<
    string,
    { readonly until: number; readonly addresses: Promise<readonly string[]> }
  >();

  constructor(certificate: () => Promise<HubCertificate>, resolve: Resolve, limits: ServiceCallLimits) {
    this.certificate = certificate;
    this.resolve = resolve;
    this.limits = limits;
  }

  /**
   * A second address is tried where the first one accepted no connection. A connection that was closed while idle is opened again. In both
   * cases nothing was sent yet. A request that was sent is never sent again.
   * @throws Unanswered late; lost (no connection, or TLS fails); invalid (redirect, too_large, content-encoding)
   */
  async send(place: ServicePlace, requested: ServiceRequest): Promise<ReplyMessage> {
    const until = performance.now() + requested.patience;
    const url = new URL(requested.url);
    const addresses = await within(this.addresses(place, url.hostname), until);
    let failure = new Unanswered('lost', addresses.length === 0 ? 'address' : 'connection');
    for (const address of addresses.slice(0, 2)) {
      const agent = await this.agent(place, url, address);
      for (let again = true; again;) {
        const outcome = await this.once(
          { ...requested, patience: until - performance.now() },
          url,
          address,
          agent,
        );
        if (!(outcome instanceof NotSent)) return outcome;
        failure = new Unanswered('lost', outcome.reason);
        again = outcome.wasIdle;
      }
    }
    throw failure;
  }

  private async addresses(place: ServicePlace, hostname: string): Promise<readonly string[]> {
    const key = `${place.department} ${place.origin}`;
    const now = performance.now();
    const known = this.found.get(key);
    if (known !== undefined && known.until > now) return known.addresses;
    const addresses = addressesOf(place, hostname, this.resolve);
    this.found.set(key, { until: now + this.limits.lookedUpFor, addresses });
    try {
      return await addresses;
    } catch {
      this.found.delete(key);
      throw new Unanswered('lost', 'name');
    }
  }

  private async agent(place: ServicePlace, url: URL, address: string): Promise<Agent> {
    const { serial, cert, key } = await this.certificate();
    const name = `${place.department} ${url.origin} ${address}`;
    const known = this.agents.get(name);
    if (known?.serial === serial) return known.agent;
    known?.agent.destroy();
    const agent = new Agent({
      keepAlive: true,
      maxSockets: this.limits.sockets,
      cert,
      key,
      minVersion: 'TLSv1.2',
      // the certificate must match the host name of the dataset, regardless of the resolved address
      ...(isIP(url.hostname.replace(/^\[(.*)\]$/, '$1')) === 0 ? { servername: url.hostname } : {}),
      ...(place.ca === undefined ? {} : { ca: place.ca }),
    });
    this.agents.set(name, { serial, agent });
    return agent;
  }

  private once(
    { headers, body, patience }: ServiceRequest,
    url: URL,
    address: string,
    agent: Agent,
  ): Promise<ReplyMessage | NotSent> {
    const { maxAnswerLength } = this.limits;
    return new Promise((resolve, reject) => {
      if (patience <= 0) {
        reject(new Unanswered('late', 'time'));
        return;
      }
      const options: RequestOptions = {
        method: 'POST',
        agent,
        host: address,
        port: url.port === '' ? 443 : url.port,
        path: `${url.pathname}${url.search}`,
        headers: { ...headers, host: url.host, 'content-length': String(body.length) },
        maxHeaderSize: 16_384,
      };
      let connected = false;
      const sent = httpsRequest(options);
      const end = (error: Unanswered): void => {
        clearTimeout(timer);
        reject(error);
        sent.destroy();
      };
      const timer = setTimeout(() => end(new Unanswered('late', 'time')), patience);
      sent.on('socket', (socket) => {
        // a connection that another request has just released is not marked as reused
        if (sent.reusedSocket || (socket as TLSSocket).getFinished() !== undefined) connected = true;
        else socket.once('secureConnect', () => (connected = true));
      });
      sent.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        const reason = error.code ?? 'connection';
        const idle = sent.reusedSocket && reason === 'ECONNRESET';
        if (!connected || idle) resolve(new NotSent(reason, idle));
        else reject(new Unanswered('lost', reason));
      });
      sent.on('response', (reply) => {
        const status = reply.statusCode ?? 0;
        const coding = reply.headers['content-encoding'] ?? 'identity';
        const redirected = status >= 300 && status < 400;
        if (redirected || coding !== 'identity') {
          end(new Unanswered('invalid', redirected ? 'redirect' : 'content-encoding'));
          return;
        }
        const chunks: Buffer[] = [];
        let bytes = 0;
        reply.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > maxAnswerLength) end(new Unanswered('invalid', 'too_large'));
          else chunks.push(chunk);
        });
        reply.on('error', () => end(new Unanswered('lost', 'connection')));
        reply.on('close', () => {
          if (!reply.complete) end(new Unanswered('lost', 'connection'));
        });
        reply.on('end', () => {
          clearTimeout(timer);
          resolve({ status, rawHeaders: reply.rawHeaders, body: Buffer.concat(chunks) });
        });
      });
      sent.end(body);
    });
  }

  /** Closes idle connections. */
  close(): void {
    for (const { agent } of this.agents.values()) agent.destroy();
    this.agents.clear();
  }
}

/** The request cannot have reached a server that would act on it. */
class NotSent {
  readonly reason: string;
  /** a connection that was open before, and that the other end had closed */
  readonly wasIdle: boolean;

  constructor(reason: string, wasIdle: boolean) {
    this.reason = reason;
    this.wasIdle = wasIdle;
  }
}

/** @param until a value of performance.now(). @throws Unanswered late */
async function within<T>(work: Promise<T>, until: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unanswered('late', 'time')), Math.max(0, until - performance.now()));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
