import type { Connection } from './connection.ts';
import { DatongProblem } from './datongProblem.ts';

/** Path of the anchors that receipts are verified against, with the root certificate of the hub. */
export const anchorsPath = '/v1/log/anchors';

/**
 * Calls the open listener, unsigned: for public material, and for what a department without a certificate may ask.
 * @param posted a POST of this, instead of a GET
 * @throws DatongProblem for a refusal
 */
export async function openCall(connection: Connection, uri: string, posted?: object): Promise<unknown> {
  const reply = await connection.send({
    method: posted === undefined ? 'GET' : 'POST',
    uri,
    headers: posted === undefined ? {} : { 'content-type': 'application/json' },
    body: Buffer.from(posted === undefined ? '' : JSON.stringify(posted)),
  });
  if (reply.status >= 300) throw new DatongProblem(reply, undefined);
  const reported = JSON.parse(Buffer.from(reply.body).toString('utf8')) as unknown;
  // the anchors name the root's certificate, which its own key proves: a further one is stored here too
  if (new URL(uri).pathname === anchorsPath)
    await connection.hearRoot((reported as { readonly rootCertificate?: unknown } | null)?.rootCertificate);
  return reported;
}
