/** Passkeys as the browser offers them (WebAuthn Level 2), as the hub takes them: base64url texts. */
import { post } from '../api/call.ts';

export const hasPasskeys = (): boolean => 'PublicKeyCredential' in window;

const text = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const bytes = (value: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(value.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));

interface Options {
  readonly challenge: string;
  readonly rpId?: string;
  readonly user?: { readonly id: string; readonly name: string; readonly displayName: string };
}

/** Signs in. @throws Refused; DOMException where the person or the browser declined */
export async function answerWithPasskey(): Promise<void> {
  const { publicKey } = await post('/v1/sign-in/passkey', undefined);
  const options = publicKey as unknown as Options;
  const made = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), userVerification: 'required' },
  });
  if (!(made instanceof PublicKeyCredential)) return;
  const { response } = made;
  if (!(response instanceof AuthenticatorAssertionResponse)) return;
  await post('/v1/sessions/by-passkey', {
    id: made.id,
    clientDataJSON: text(response.clientDataJSON),
    authenticatorData: text(response.authenticatorData),
    signature: text(response.signature),
    ...(response.userHandle === null ? {} : { userHandle: text(response.userHandle) }),
  });
}

/** Registers one for whoever is signed in, or shows her token. @param label how she calls it */
export async function registerPasskey(label: string, token?: string): Promise<void> {
  const proof = token === undefined ? {} : { token };
  const { publicKey } = await post('/v1/passkeys/offers', undefined, proof);
  const options = publicKey as unknown as PublicKeyCredentialCreationOptions & Options;
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
    },
  });
  if (!(made instanceof PublicKeyCredential)) return;
  const { response } = made;
  if (!(response instanceof AuthenticatorAttestationResponse)) return;
  const registration = {
    id: made.id,
    label,
    clientDataJSON: text(response.clientDataJSON),
    attestationObject: text(response.attestationObject),
  };
  await post('/v1/passkeys', registration, proof);
}
