/** Signs persons in with a token and the six digits of an authenticator; neither alone opens a session. */
import {
  type KeyObject,
  randomBytes,
  createHmac,
  timingSafeEqual,
  createCipheriv,
  createDecipheriv,
} from 'node:crypto';
import { Problem } from '../../../terms/problem.ts';
import type { Reader } from '../../platform/database/reader.ts';
import {
  authenticatorOf,
  countFailure,
  offerAuthenticator,
  takeStep,
  type AuthenticatorRow,
} from '../store/accounts.ts';
import type { Act, ActContext } from '../act.ts';
import type { StaffCaller } from '../authentication/caller.ts';
import { Refusal } from '../authentication/refusal.ts';
import { newSession, type SignedIn } from './newSession.ts';

/**
 * Computes codes of six digits from a shared secret and the time: RFC 6238 over RFC 4226, SHA-1, steps of 30 s, as authenticators show
 * them.
 */
const stepSeconds = 30;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @param step number of the 30 s since 1970 (RFC 4226 §5.3) */
export function codeAt(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, '0');
}

/**
 * The step of this code: the present one, or one next to it, since clocks differ (RFC 6238 §5.2).
 * @param now Unix milliseconds @returns undefined for no such code
 */
export function stepOf(secret: Uint8Array, code: string, now: number): number | undefined {
  const present = Math.floor(now / 1000 / stepSeconds);
  const typed = Buffer.from(code.padEnd(6).slice(0, 6));
  return [present, present - 1, present + 1].find((step) =>
    timingSafeEqual(Buffer.from(codeAt(secret, step)), typed),
  );
}

/** RFC 4648 base 32 without padding: the form in which a secret is typed into an authenticator. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}

/** Seals small secrets of persons for the database: AES-256-GCM under a separate key, bound to the person. */
const keyFor = (sealing: KeyObject): Buffer =>
  createHmac('sha256', sealing).update('datong-authenticator').digest();

/** @returns 12 bytes nonce, 16 bytes tag, the sealed secret */
function sealSecret(sealing: KeyObject, person: string, secret: Uint8Array): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyFor(sealing), nonce).setAAD(Buffer.from(person));
  const sealed = Buffer.concat([cipher.update(secret), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** @throws Error where it was sealed for another person, or changed */
function openSecret(sealing: KeyObject, person: string, sealed: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', keyFor(sealing), sealed.subarray(0, 12))
    .setAAD(Buffer.from(person))
    .setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
}

const maxFailures = 5;
/** After the maximum of wrong codes, no code is checked for this time. */
const lockMilliseconds = 15 * 60_000;

export interface CodeServices {
  readonly reader: Reader;
  readonly sealing: KeyObject;
}

export interface OfferedAuthenticator {
  /** base 32, shown once */
  readonly secret: string;
  /** the same secret, as authenticators read it from a picture or a link */
  readonly uri: string;
}

/**
 * Offers an authenticator to a person authenticated by their token; it is valid once it has shown a code.
 * @throws Problem authenticator_present: replacing it needs a code of the old one, or a person who resets it
 */
export async function offer(
  staff: StaffCaller,
  { exchange }: ActContext,
  { reader, sealing }: CodeServices,
): Promise<Act<OfferedAuthenticator>> {
  const { person } = staff;
  const present = (await authenticatorOf(reader, person))?.confirmedAt ?? null;
  if (present !== null) throw new Problem('authenticator_present');
  const bytes = randomBytes(20);
  const secret = base32(bytes);
  return {
    reply: { secret, uri: `otpauth://totp/Datong:${person}?secret=${secret}&issuer=Datong` },
    change: { person, authenticator: 'offered' },
    work: async (transaction) => {
      const sealed = sealSecret(sealing, person, bytes);
      if (!(await offerAuthenticator(transaction, { person, secret: sealed, exchange })))
        throw new Problem('authenticator_present');
    },
    bumpsEpoch: false,
  };
}

/**
 * @param holder the person of the token
 * @throws Refusal authenticator_missing, code_invalid (wrong, or taken before), code_locked
 */
export async function signInByCode(
  holder: StaffCaller,
  code: string,
  context: ActContext,
  { reader, sealing }: CodeServices,
): Promise<Act<SignedIn>> {
  const { person, tokenId } = holder;
  const refuse = (problem: Problem): Refusal =>
    new Refusal(problem, { proven: { staff: tokenId, person }, claimed: undefined });
  const row = await authenticatorOf(reader, person);
  if (row === undefined) throw refuse(new Problem('authenticator_missing'));
  if (isLocked(row, context.now)) throw refuse(new Problem('code_locked'));
  const step = stepOf(openSecret(sealing, person, row.secret), code, context.now);
  if (step === undefined) {
    await countFailure(reader, { person, at: context.now, forgetAfter: lockMilliseconds });
    throw refuse(new Problem('code_invalid'));
  }
  return newSession(
    {
      person,
      way: 'totp',
      credential: tokenId,
      also: async (transaction) => {
        if (!(await takeStep(transaction, { person, step, at: context.now })))
          throw new Problem('code_invalid');
      },
    },
    context,
  );
}

const isLocked = ({ failures, failedAt }: AuthenticatorRow, now: number): boolean =>
  failures >= maxFailures && failedAt !== null && now < failedAt + lockMilliseconds;
