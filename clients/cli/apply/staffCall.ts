import { setTimeout as sleep } from 'node:timers/promises';
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { StaffAccess } from '../profile.ts';
import { staffConnection } from '../profiles/staffConnection.ts';
import { exitOfProblem } from '../exitCode.ts';
import { findingLines, VerbFailure } from '../verb.ts';

/** Reply of the staff listener. */
export interface StaffReply {
  readonly status: number;
  /** id of the entry that the call left */
  readonly exchange: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface StaffClient {
  /** What was neither recorded nor stored because the log was busy is sent again, for seconds. @throws the network's or TLS's own error */
  post(path: string, body: object, token?: string): Promise<StaffReply>;
  get(path: string, token?: string): Promise<StaffReply>;
  close(): void;
}

/** Milliseconds before each further try of a call that met a busy log. */
const pausesMs = [200, 500, 1_000, 2_000, 4_000] as const;

/** Nothing was recorded or stored: what the call was decided on changed again and again, or too many entries wait. */
const isBusy = ({ status, body }: StaffReply): boolean => status === 503 && body['code'] === 'log_busy';

/** Calls of one member of staff; a second token is used where another person must act. */
export function staffClient(access: StaffAccess): StaffClient {
  const connection = staffConnection(access);
  const callOnce = async (
    method: string,
    path: string,
    token: string,
    body?: object,
  ): Promise<StaffReply> => {
    const reply = await connection.send({
      method,
      uri: `${access.origin}${path}`,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        authorization: `Bearer ${token}`,
      },
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    });
    const exchange = headerOf(reply.rawHeaders, 'datong-exchange-id');
    return { status: reply.status, exchange, body: bodyOf(reply.body) };
  };
  const call = async (...asked: Parameters<typeof callOnce>): Promise<StaffReply> => {
    let reply = await callOnce(...asked);
    for (const pauseMs of pausesMs) {
      if (!isBusy(reply)) break;
      await sleep(pauseMs);
      reply = await callOnce(...asked);
    }
    return reply;
  };
  return {
    post: (path, body, token = access.token) => call('POST', path, token, body),
    get: (path, token = access.token) => call('GET', path, token),
    close: () => connection.close(),
  };
}

function headerOf(rawHeaders: readonly string[], wanted: string): string | undefined {
  const at = rawHeaders.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === wanted);
  return at < 0 ? undefined : rawHeaders[at + 1];
}

function bodyOf(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A refusal of the staff listener as the end of a verb. */
export class DatongRefusal extends VerbFailure {
  /** of the problem */
  readonly code: string | undefined;

  constructor({ status, body }: StaffReply) {
    const { code, detail, next, at, findings } = body as {
      code?: string;
      detail?: Bilingual;
      next?: Bilingual;
      at?: string;
      findings?: readonly unknown[];
    };
    const place = `${code ?? `status ${status}`}${at === undefined ? '' : ` ${at}`}`;
    const text = { zh: `${detail?.zh ?? ''}（${place}）`, en: `${detail?.en ?? ''} (${place})` };
    super(exitOfProblem({ code: code ?? '', status }), text, next, findingLines(findings ?? []));
    this.code = code;
  }
}
