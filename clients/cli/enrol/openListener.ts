import type { JsonWebKey } from 'node:crypto';
import { Connection } from '../../sdk/connection.ts';
import { DatongProblem } from '../../sdk/datongProblem.ts';
import { exitCode, VerbFailure } from '../verb.ts';

/** The content of `/.well-known/datong-signing`, as far as enrolment needs it. */
export interface SigningProfile {
  readonly origin: string;
  /** Unix milliseconds by the hub's clock */
  readonly now: number;
}

/** Calls of the open listener, over connections that trust the hub's root alone. */
export class OpenListener {
  private readonly origin: string;
  private readonly connection: Connection;

  constructor(origin: string, ca: string) {
    this.origin = origin;
    this.connection = new Connection({ ca, sockets: 1 });
  }

  async signingProfile(): Promise<SigningProfile> {
    const { origin, now } = await this.call('GET', '/.well-known/datong-signing');
    if (typeof origin !== 'string' || typeof now !== 'string' || Number.isNaN(Date.parse(now)))
      throw notOurs();
    return { origin, now: Date.parse(now) };
  }

  async jwks(): Promise<{ readonly keys: readonly JsonWebKey[] }> {
    const { keys } = await this.call('GET', '/.well-known/jwks.json');
    if (!Array.isArray(keys) || keys.length === 0) throw notOurs();
    return { keys: keys as JsonWebKey[] };
  }

  async anchors(): Promise<object> {
    return await this.call('GET', '/v1/log/anchors');
  }

  /** @throws DatongProblem with the hub's code */
  async post(path: string, body: object): Promise<Readonly<Record<string, unknown>>> {
    return await this.call('POST', path, body);
  }

  close(): void {
    this.connection.close();
  }

  private async call(
    method: string,
    path: string,
    body?: object,
  ): Promise<Readonly<Record<string, unknown>>> {
    const reply = await this.connection.send({
      method,
      uri: `${this.origin}${path}`,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    });
    if (reply.status >= 400) throw new DatongProblem(reply, undefined);
    try {
      const value: unknown = JSON.parse(Buffer.from(reply.body).toString('utf8'));
      if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
    } catch {
      // reported below
    }
    throw notOurs();
  }
}

function notOurs(): VerbFailure {
  return new VerbFailure(
    exitCode.refused,
    { zh: '该地址的答复不像打通枢纽的开放端口', en: 'the answer is not that of a hub’s open listener' },
    {
      zh: '--hub 要写开放端口的地址（不是交换端口）',
      en: '--hub is the address of the open listener, not of the exchange listener',
    },
  );
}
