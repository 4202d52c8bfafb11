/** Persons who sign by mandate, for tests: each with a passkey of their own, and mandates as `datong policy mandate give` writes them. */
import assert from 'node:assert/strict';
import { signJws } from '../certs/jws.ts';
import { mandateText, mandateType, type Mandate } from '../certs/mandates/mandate.ts';
import type { SigningKey } from '../certs/signatures/index.ts';
import type { RoleGrant } from '../hub/domain/permissions.ts';
import type { Identity } from '../hub/identity/identity.ts';
import { admitPerson } from './admitPerson.ts';
import { staffCall, type StaffListener, type StaffReply } from './secondPerson.ts';
import { softwareKey, type SoftwareKey } from './softwareKey.ts';

export interface Holder {
  readonly person: string;
  readonly token: string;
  readonly device: SoftwareKey;
  /** thumbprint of the passkey's public key, as the hub reports it */
  readonly passkey: string;
  /** origin of the console */
  readonly console: string;
}

/** A person who was admitted with these roles and registered a passkey. */
export async function holderOf(
  hub: StaffListener & { readonly services: { readonly identity: Identity } },
  name: string,
  roles: readonly RoleGrant[],
  device = softwareKey('localhost', true, false),
): Promise<Holder> {
  const { person, token } = await admitPerson(hub.services.identity, name, roles);
  const origin = `https://localhost:${hub.ports.staff}`;
  const offered = await staffCall(hub, token, 'POST', '/v1/passkeys/offers');
  const made = device.register(offered.body['publicKey'] as { challenge: string }, origin);
  const registered = await staffCall(hub, token, 'POST', '/v1/passkeys', { ...made, label: '办公电脑' });
  assert.equal(registered.status, 201, JSON.stringify(registered.body));
  const { body } = await staffCall(hub, token, 'GET', '/v1/passkeys');
  const [own] = body['passkeys'] as { key: string }[];
  assert.deepEqual([body['person'], body['console']], [person, origin]);
  return { person, token, device, passkey: own?.key ?? '', console: origin };
}

const day = 86_400_000;
const moment = (at: number): string => new Date(at).toISOString();

/** Of the provider, for a month around now, on anything; unless stated otherwise. @param now Unix milliseconds */
export const mandateFor = (
  { person, passkey, console }: Pick<Holder, 'person' | 'passkey' | 'console'>,
  department: string,
  now: number,
  more: Partial<Mandate> = {},
): Mandate => ({
  v: 1,
  console,
  department,
  person,
  passkey,
  role: 'provider',
  from: moment(now - day),
  until: moment(now + 30 * day),
  ...more,
});

export const signedMandate = (mandate: Mandate, key: SigningKey, typ = mandateType): string =>
  signJws(mandateText(mandate), key, { typ });

interface Shown {
  readonly id: string;
  readonly version: number;
  readonly digest: string;
  readonly effect: { readonly toSign: string };
}
export interface Offer {
  readonly statement: Readonly<Record<string, unknown>>;
  readonly publicKey: { readonly challenge: string };
}
export const pathTo = ({ id, version }: Pick<Shown, 'id' | 'version'>): string =>
  `/v1/policy/documents/${id}/versions/${version}`;

/** Reads a document as the page does, and requests what the device is to sign. */
export async function offerTo(
  hub: StaffListener,
  { token }: Pick<Holder, 'token'>,
  document: { readonly id: string; readonly version: number },
): Promise<StaffReply> {
  const shown = (await staffCall(hub, token, 'GET', pathTo(document))).body as unknown as Shown;
  const seen = { digest: shown.digest, effect: shown.effect.toSign };
  return staffCall(hub, token, 'POST', `${pathTo(document)}/signature-offers`, seen);
}

/** Reads, lets the device sign, and submits it. */
export async function signBy(
  hub: StaffListener,
  holder: Holder,
  document: { readonly id: string; readonly version: number },
): Promise<StaffReply> {
  const offered = await offerTo(hub, holder, document);
  if (offered.status !== 200) return offered;
  const { statement, publicKey } = offered.body as unknown as Offer;
  const assertion = holder.device.answer(publicKey, holder.console);
  return staffCall(hub, holder.token, 'POST', `${pathTo(document)}/signatures`, { statement, assertion });
}

/** Refused by this code, with these words. */
export function refusedBecause(
  reply: { readonly status: number; readonly body: Record<string, unknown> },
  wanted: string,
  words: RegExp,
): void {
  assert.equal(reply.body['code'], wanted, JSON.stringify(reply.body));
  assert.match(JSON.stringify(reply.body), words);
  assert.notEqual(reply.status, 200);
}
