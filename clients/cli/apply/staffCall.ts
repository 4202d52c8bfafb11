import type { Bilingual } from '../../../terms/bilingual.ts';
import type { StaffAccess } from '../profile.ts';
import { staffConnection } from '../profiles/staffConnection.ts';
import { membersOf, staffSend } from '../profiles/staffSend.ts';
import { exitOfProblem } from '../exitCode.ts';
import { nextStep } from '../nextStep.ts';
import { findingLines, VerbFailure } from '../verb.ts';

/** Reply of the staff listener. */
export interface StaffReply {
  readonly status: number;
  /** id of the entry that records the call */
  readonly exchange: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface StaffClient {
  /** Repeats a call while the log is busy (`staffSend`). @throws the network's or TLS's own error */
  post(path: string, body: object, token?: string): Promise<StaffReply>;
  get(path: string, token?: string): Promise<StaffReply>;
  close(): void;
}

/** Calls of one member of staff; a second token is used where another person must act. */
export function staffClient(access: StaffAccess): StaffClient {
  const connection = staffConnection(access);
  const call = async (method: string, path: string, token: string, body?: object): Promise<StaffReply> => {
    const answer = await staffSend(connection, { origin: access.origin, token }, method, path, body);
    const exchange = headerOf(answer.rawHeaders, 'datong-exchange-id');
    return { status: answer.status, exchange, body: membersOf(answer) };
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

/** A refusal of the staff listener as the end of a verb. */
export class DatongRefusal extends VerbFailure {
  /** code of the problem; undefined where the reply had none */
  readonly code: string | undefined;

  constructor({ status, body }: StaffReply) {
    const { code, detail, next, at, findings, exchange } = body as {
      code?: string;
      exchange?: string;
      detail?: Bilingual;
      next?: Bilingual;
      at?: string;
      findings?: readonly unknown[];
    };
    const place = `${code ?? `status ${status}`}${at === undefined ? '' : ` ${at}`}`;
    const text = { zh: `${detail?.zh ?? ''}（${place}）`, en: `${detail?.en ?? ''} (${place})` };
    const exit = exitOfProblem({ code: code ?? '', status });
    super(exit, text, nextStep({ code, exchange, next }), findingLines(findings ?? []));
    this.code = code;
  }
}
