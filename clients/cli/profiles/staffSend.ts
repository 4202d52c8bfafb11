import { setTimeout as sleep } from 'node:timers/promises';
import type { StaffAccess } from '../profile.ts';
import { exitCode } from '../exitCode.ts';
import { VerbFailure } from '../verb.ts';
import type { StaffConnection } from './staffConnection.ts';

export interface StaffAnswer {
  readonly status: number;
  readonly rawHeaders: readonly string[];
  readonly bytes: Uint8Array;
}

/** Milliseconds before each further try of a call that met a busy log. */
const pausesMs = [200, 500, 1_000, 2_000, 4_000] as const;

/**
 * Sends a call with the token of a member of staff, again for up to 8 seconds while the log is busy: such a call recorded and stored nothing.
 * @throws the network's or TLS's own error
 */
export async function staffSend(
  connection: StaffConnection,
  { origin, token }: Pick<StaffAccess, 'origin' | 'token'>,
  method: string,
  path: string,
  body?: object,
): Promise<StaffAnswer> {
  const once = async (): Promise<StaffAnswer> => {
    const {
      status,
      rawHeaders,
      body: bytes,
    } = await connection.send({
      method,
      uri: `${origin}${path}`,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        authorization: `Bearer ${token}`,
      },
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    });
    return { status, rawHeaders, bytes };
  };
  let answer = await once();
  for (const pauseMs of pausesMs) {
    if (!isBusy(answer)) break;
    await sleep(pauseMs);
    answer = await once();
  }
  return answer;
}

/** The hub recorded and stored nothing: the registries changed during each decision, or too many entries were waiting. */
const isBusy = (answer: StaffAnswer): boolean =>
  answer.status === 503 && membersOf(answer)['code'] === 'log_busy';

/** The members of a JSON reply, none where it is another value. @throws VerbFailure when it is no JSON: it is not of the hub */
export function membersOf({
  status,
  bytes,
}: Pick<StaffAnswer, 'status' | 'bytes'>): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new VerbFailure(
      exitCode.network,
      {
        zh: `答复不是枢纽的 JSON（状态码 ${status}）：可能是中间代理的答复`,
        en: `the reply is not JSON of the hub (status ${status}): a proxy in between may have answered`,
      },
      { zh: '检查地址与代理，稍后再试', en: 'check the address and proxies, and try again later' },
    );
  }
}
