/**
 * The city's identity provider (统一身份认证) by OpenID Connect Core 1.0: authorization code with PKCE (RFC 7636), `state`, `nonce` and `iss`
 * (RFC 9207). The hub uses only the identity that it asserts; persons of the hub grant the roles.
 */
import type { Configuration } from 'openid-client';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';

export interface IdentityProviderSettings {
  /** `https://id.city.example/realms/staff`; its metadata are below it (OpenID Connect Discovery 1.0 §4) */
  readonly issuer: string;
  readonly clientId: string;
  /** absent: a public client, which PKCE alone protects */
  readonly clientSecret?: string;
  /** the name of the provider that users see */
  readonly title: Bilingual;
}

/** Values that only this hub and the browser that began have. */
export interface SignInProof {
  readonly state: string;
  readonly nonce: string;
  /** PKCE code verifier */
  readonly verifier: string;
}

/** The account of a person: the subject is the issuer's own identifier of the person and never changes. */
export interface Account {
  readonly issuer: string;
  readonly subject: string;
}

export interface IdentityProvider {
  readonly title: Bilingual;
  /** The address to send the browser to. @throws Problem identity_provider_unavailable */
  address(proof: SignInProof, redirect: string): Promise<string>;
  /**
   * The account of the person who came back.
   * @param answered the redirect address with what the provider added to it
   * @throws Problem account_invalid, identity_provider_unavailable
   */
  account(proof: SignInProof, answered: URL): Promise<Account>;
}

/** Timeout of requests to the provider, in seconds. */
const patience = 10;

/** Reads the provider's metadata at the first sign-in, so a hub starts without it. */
export function identityProvider(settings: IdentityProviderSettings): IdentityProvider {
  let known: Promise<Configuration> | undefined;
  const configuration = (): Promise<Configuration> => {
    known ??= discover(settings).catch((error: unknown) => {
      known = undefined;
      throw new Problem('identity_provider_unavailable', {}, { cause: error });
    });
    return known;
  };
  return {
    title: settings.title,
    address: async ({ state, nonce, verifier }, redirect) => {
      const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await import('openid-client');
      const wanted = {
        redirect_uri: redirect,
        scope: 'openid',
        response_type: 'code',
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      };
      return buildAuthorizationUrl(await configuration(), wanted).href;
    },
    account: async ({ state, nonce, verifier }, answered) => {
      const { authorizationCodeGrant } = await import('openid-client');
      const proof = {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      };
      const tokens = await authorizationCodeGrant(await configuration(), answered, proof).catch(refuse);
      const claims = tokens.claims();
      if (claims === undefined || claims.sub === '') throw new Problem('account_invalid');
      return { issuer: claims.iss, subject: claims.sub };
    },
  };
}

async function discover({
  issuer,
  clientId,
  clientSecret,
}: IdentityProviderSettings): Promise<Configuration> {
  const client = await import('openid-client');
  const found = await client.discovery(
    new URL(issuer),
    clientId,
    undefined,
    clientSecret === undefined ? client.None() : client.ClientSecretPost(clientSecret),
    {
      timeout: patience,
      // the configuration permits http on this machine only
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so as to be noticed, not to be removed
      execute: issuer.startsWith('http://') ? [client.allowInsecureRequests] : [],
    },
  );
  // TLS alone would suffice (OpenID Connect Core §3.1.3.7 no. 6); the signature is an additional proof
  client.enableNonRepudiationChecks(found);
  return found;
}

/** Codes of the library for a provider that does not reply in time or not as a provider; every other refusal is about the account. */
const silent = ['OAUTH_TIMEOUT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_PARSE_ERROR', 'OAUTH_ABORT'];

function refuse(error: unknown): never {
  if (error instanceof Problem) throw error;
  const { code } = error as { readonly code?: unknown };
  const unheard = error instanceof TypeError || typeof code !== 'string' || silent.includes(code);
  throw new Problem(unheard ? 'identity_provider_unavailable' : 'account_invalid', {}, { cause: error });
}
