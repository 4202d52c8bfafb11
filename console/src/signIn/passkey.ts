/** Passkeys of the browser (WebAuthn Level 2) in the form that the hub accepts: base64url texts. */
import { post, type Schemas } from '../api/call.ts';

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
  const assertion = await answered(publicKey as unknown as Options);
  if (assertion !== undefined) await post('/v1/sessions/by-passkey', assertion);
}

/**
 * Signs a document for the person's department: their device signs the digest of the text and of what it loosens today.
 * @returns departments that have not signed @throws Refused; DOMException where the person or the browser declined
 */
export async function signWithPasskey(
  { id, version, digest, effect }: Schemas['PolicyDocumentView'],
  role: Schemas['PartyRole'],
): Promise<readonly string[]> {
  const at = { document: id, version: String(version) };
  const asked = { digest, effect: effect.toSign, role };
  const { statement, publicKey } = await post(
    '/v1/policy/documents/{document}/versions/{version}/signature-offers',
    asked,
    { at },
  );
  const assertion = await answered(publicKey as unknown as Options);
  if (assertion === undefined) throw new DOMException('no passkey answered', 'NotAllowedError');
  const { missing = [] } = await post(
    '/v1/policy/documents/{document}/versions/{version}/signatures',
    { statement, assertion },
    { at },
  );
  return missing;
}

/** The device's answer; undefined where it made another kind of credential. */
async function answered(options: Options): Promise<Schemas['PasskeyAssertion'] | undefined> {
  const made = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), userVerification: 'required' },
  });
  if (!(made instanceof PublicKeyCredential)) return undefined;
  const { response } = made;
  if (!(response instanceof AuthenticatorAssertionResponse)) return undefined;
  return {
    id: made.id,
    clientDataJSON: text(response.clientDataJSON),
    authenticatorData: text(response.authenticatorData),
    signature: text(response.signature),
    ...(response.userHandle === null ? {} : { userHandle: text(response.userHandle) }),
  };
}

/** Registers a passkey for the signed-in person, or for a person with a token. @param label its name, chosen by the person */
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
