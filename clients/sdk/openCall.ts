import type { Connection } from './connection.ts';
import { DatongProblem } from './datongProblem.ts';

/**
 * A call of the open listener, unsigned: public material, and what a department without a certificate may ask.
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
  return JSON.parse(Buffer.from(reply.body).toString('utf8')) as unknown;
}
