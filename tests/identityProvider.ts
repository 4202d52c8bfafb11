/**
 * An identity provider for tests: OpenID Connect Discovery, authorization code with PKCE and a client secret, ID tokens signed RS256. Each
 * sign-in can be made to lie in one way.
 */
import { createHash, randomUUID, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import { exportJWK, SignJWT, type JWTPayload } from 'jose';
import { newRsaPair } from '../machine/newKeyPair.ts';

export interface Lies {
  /** claims in place of the honest ones */
  readonly claims?: JWTPayload;
  /** signed by a key that it does not publish */
  readonly foreignKey?: true;
  /** without a signature */
  readonly unsigned?: true;
  /** what it adds to the way back in place of the honest `iss` */
  readonly iss?: string;
  /** how the token endpoint answers */
  readonly status?: number;
  /** refuses the person */
  readonly denied?: true;
}

export interface TestProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What a browser that a person signs in with brings back: the query of the redirect. @param address where the hub sent it */
  signIn(address: string, subject: string, lies?: Lies): string;
  /** Its page knows any person at the browser and sends them back at once. */
  present(subject: string, lies?: Lies): void;
  stop(): void;
}

interface Given {
  readonly subject: string;
  readonly asked: URLSearchParams;
  readonly lies: Lies;
}

/** Ends with the test file. */
export async function startProvider(): Promise<TestProvider> {
  const own = newRsaPair(2048);
  const foreign = newRsaPair(2048);
  const [clientId, clientSecret] = ['datong-console', randomUUID()];
  const codes = new Map<string, Given>();
  let issuer = '';
  let there: readonly [subject: string, lies: Lies] = ['', {}];

  const idToken = async ({ subject, asked: requested, lies }: Given): Promise<string> => {
    const seconds = Math.floor(Date.now() / 1000);
    const honest = { iss: issuer, sub: subject, aud: clientId, iat: seconds, exp: seconds + 300 };
    const claims = { ...honest, nonce: requested.get('nonce') ?? '', ...lies.claims };
    if (lies.unsigned === true) {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      return `${part({ alg: 'none' })}.${part(claims)}.`;
    }
    const key: KeyObject = lies.foreignKey === true ? foreign.privateKey : own.privateKey;
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(key);
  };

  const token = async (form: URLSearchParams): Promise<readonly [number, object]> => {
    const given = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const known =
      given !== undefined &&
      form.get('client_id') === clientId &&
      form.get('client_secret') === clientSecret &&
      form.get('redirect_uri') === given.asked.get('redirect_uri') &&
      given.asked.get('code_challenge_method') === 'S256' &&
      challenge === given.asked.get('code_challenge');
    if (!known) return [400, { error: 'invalid_grant' }];
    if (given.lies.status !== undefined) return [given.lies.status, {}];
    const tokens = { access_token: randomUUID(), token_type: 'Bearer', id_token: await idToken(given) };
    return [200, tokens];
  };

  const answer = async (path: string, body: string): Promise<readonly [number, object]> => {
    if (path === '/.well-known/openid-configuration') {
      return [
        200,
        {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
          code_challenge_methods_supported: ['S256'],
          authorization_response_iss_parameter_supported: true,
        },
      ];
    }
    if (path === '/keys')
      return [200, { keys: [{ ...(await exportJWK(own.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }] }];
    return path === '/token' ? token(new URLSearchParams(body)) : [404, {}];
  };

  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const url = request.url ?? '';
      if (url.startsWith('/authorize?')) {
        const back = new URL(url, issuer).searchParams.get('redirect_uri') ?? '';
        response.writeHead(302, { location: `${back}${signIn(`${issuer}${url}`, ...there)}` }).end();
        return;
      }
      void answer(url, Buffer.concat(parts).toString()).then(([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  after(stop);
  return {
    issuer,
    clientId,
    clientSecret,
    stop,
    signIn,
    present: (subject, lies = {}) => {
      there = [subject, lies];
    },
  };
  function signIn(address: string, subject: string, lies: Lies = {}): string {
    const requested = new URL(address).searchParams;
    const state = requested.get('state') ?? '';
    const iss = lies.iss ?? issuer;
    if (lies.denied === true)
      return `?${new URLSearchParams({ error: 'access_denied', state, iss }).toString()}`;
    const code = randomUUID();
    codes.set(code, { subject, asked: requested, lies });
    return `?${new URLSearchParams({ code, state, iss }).toString()}`;
  }
}
