/** What waits for a second person, accepted as they would: they read, and name the digest of what they were shown. */
import assert from 'node:assert/strict';
import request from 'supertest';

export interface StaffListener {
  readonly ca: string;
  readonly ports: { readonly staff: number };
}

export interface StaffReply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export async function staffCall(
  hub: StaffListener,
  token: string,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<StaffReply> {
  const agent = request(`https://localhost:${hub.ports.staff}`);
  const sent = method === 'GET' ? agent.get(path) : agent.post(path);
  const reply = await sent.ca(hub.ca).set('authorization', `Bearer ${token}`).send(body);
  return { status: reply.status, body: reply.body as Record<string, unknown> };
}

/** @param proposed answer of the call that proposed or submitted it @param token of another person of the owner */
export async function acceptAs(hub: StaffListener, token: string, proposed: StaffReply): Promise<StaffReply> {
  const { id, digest, state } = proposed.body;
  if (state === 'inReview')
    return staffCall(hub, token, 'POST', `/v1/schemas/${String(id)}/decision`, { act: 'publish', digest });
  const path = `/v1/proposals/${String(proposed.body['proposal'])}`;
  const shown = await staffCall(hub, token, 'GET', path);
  assert.equal(shown.status, 200, JSON.stringify(shown.body));
  return staffCall(hub, token, 'POST', `${path}/acceptance`, { digest: shown.body['digest'] });
}

/** Registers what takes two persons. @returns the answer to the second */
export async function registerTogether(
  hub: StaffListener,
  tokens: { readonly author: string; readonly second: string },
  path: string,
  body: object,
): Promise<StaffReply> {
  const proposed = await staffCall(hub, tokens.author, 'POST', path, body);
  assert.equal(proposed.status, 202, JSON.stringify(proposed.body));
  return acceptAs(hub, tokens.second, proposed);
}
