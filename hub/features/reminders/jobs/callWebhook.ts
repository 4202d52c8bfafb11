/** One signed call of a department's own server. Nothing of its answer is read but the status, and no redirection is followed. */
import { once } from 'node:events';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { Problem } from '../../../../terms/problem.ts';
import type { WebhookConfig } from '../../../platform/config/hubConfig.ts';

/** milliseconds for the whole */
const patience = 10_000;

/**
 * @param url https, of a host that the operator has named
 * @param token compact JWS: the whole body
 * @throws Problem reminder_refused for any status but 2xx, anything else where it is not reached
 */
export async function callWebhook(
  { ca }: WebhookConfig,
  url: string,
  token: string,
  signal: AbortSignal,
): Promise<void> {
  const body = Buffer.from(token, 'ascii');
  const call = request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/jose', 'content-length': body.length },
    agent: false,
    minVersion: 'TLSv1.2',
    signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    ...(ca === undefined ? {} : { ca }),
  });
  const answered = once(call, 'response') as Promise<[IncomingMessage]>;
  call.on('error', () => undefined);
  call.end(body);
  try {
    const [{ statusCode = 0 }] = await answered;
    if (statusCode < 200 || statusCode > 299) throw new Problem('reminder_refused', { status: statusCode });
  } finally {
    call.destroy();
  }
}
