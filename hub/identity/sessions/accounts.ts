/**
 * Signs persons in by an account of the city's identity provider. The holder binds the account while authenticated by other means, and
 * can sign in with it from then on. The hub stores nothing while the browser is away: `state` is a challenge of the hub. The rest of the
 * proof derives from it and from a text that only this browser has.
 */
import { createHmac, randomBytes, type KeyObject } from 'node:crypto';
import { Problem } from '../../../terms/problem.ts';
import { accountByHash, insertAccount } from '../store/accounts.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { Act, ActContext } from '../act.ts';
import type { StaffCaller } from '../authentication/caller.ts';
import { secretHash, randomText } from '../secrets/secrets.ts';
import { checkChallenge, newChallenge, type Challenged } from './challenge.ts';
import type { Account, IdentityProvider, SignInProof } from './identityProvider.ts';
import { newSession, type SignedIn } from './newSession.ts';

const year = 366 * 86_400_000;

export interface AccountServices {
  readonly reader: Reader;
  /** key of the challenges' MAC */
  readonly challenges: KeyObject;
  /** of the console as browsers reach it: `https://hub.example:8445` */
  readonly origin: string;
  readonly provider: IdentityProvider | undefined;
}

/** What the browser takes along and what it stores for its return. */
export interface AccountOffer {
  /** address of the provider's page */
  readonly address: string;
  /** 32 random bytes, base64url */
  readonly binding: string;
}

/** What the browser came back with. */
export interface AccountAnswer {
  /** the query that the provider added: `?code=…&state=…` */
  readonly answer: string;
  readonly binding: string;
}

/**
 * @param staff who binds an account; undefined: the account is used to sign in
 * @throws Problem accounts_not_used, identity_provider_unavailable
 */
export async function offerAccount(
  staff: StaffCaller | undefined,
  now: number,
  services: AccountServices,
): Promise<AccountOffer> {
  const binding = randomBytes(32).toString('base64url');
  const state = newChallenge(services.challenges, useOf(staff, binding), now);
  const proof = proofOf(services.challenges, state, binding);
  return { address: await providerOf(services).address(proof, redirectOf(services)), binding };
}

/** @throws Problem accounts_not_used, challenge_invalid, account_invalid, account_unknown, identity_provider_unavailable */
export async function signInByAccount(
  given: AccountAnswer,
  context: ActContext,
  services: AccountServices,
): Promise<Act<SignedIn>> {
  const { account, challenged } = await answered(undefined, given, context.now, services);
  const row = await accountByHash(services.reader, hashOf(account));
  if (row === undefined || row.revokedAt !== null || context.now >= row.expiresAt)
    throw new Problem('account_unknown');
  const also = challenged.answer;
  return newSession({ person: row.person, way: 'oidc', credential: row.id, also }, context);
}

/** @throws Problem as signInByAccount; already_registered where the account is bound already */
export async function registerAccount(
  staff: StaffCaller,
  given: AccountAnswer,
  context: ActContext,
  services: AccountServices,
): Promise<Act<{ readonly id: string }>> {
  const { account, challenged } = await answered(staff, given, context.now, services);
  const id = randomText(10).toLowerCase();
  return {
    reply: { id },
    change: { credential: id, person: staff.person, way: 'oidc', issuer: account.issuer },
    work: async (transaction) => {
      await challenged.answer(transaction);
      const row = {
        id,
        hash: hashOf(account),
        person: staff.person,
        label: account.issuer,
        expiresAt: context.now + year,
      };
      if (!(await insertAccount(transaction, row, context.exchange)))
        throw new Problem('already_registered', { what: `Account of ${account.issuer}` });
    },
    bumpsEpoch: true,
  };
}

async function answered(
  staff: StaffCaller | undefined,
  { answer, binding }: AccountAnswer,
  now: number,
  services: AccountServices,
): Promise<{ readonly account: Account; readonly challenged: Challenged }> {
  const provider = providerOf(services);
  const back = new URL(redirectOf(services));
  back.search = answer;
  const state = back.searchParams.get('state') ?? '';
  // checked before any request to the provider: this browser began the flow, recently, and for this purpose
  const challenged = checkChallenge(services.challenges, useOf(staff, binding), state, now);
  const account = await provider.account(proofOf(services.challenges, state, binding), back);
  return { account, challenged };
}

function providerOf({ provider }: AccountServices): IdentityProvider {
  if (provider === undefined) throw new Problem('accounts_not_used');
  return provider;
}

const redirectOf = ({ origin }: AccountServices): string => `${origin}/console/sign-in`;
const useOf = (staff: StaffCaller | undefined, binding: string): string =>
  `account ${staff === undefined ? 'sign in' : `of ${staff.person}`} ${secretHash(binding)}`;
const hashOf = ({ issuer, subject }: Account): string =>
  secretHash(`account ${JSON.stringify([issuer, subject])}`);

function proofOf(key: KeyObject, state: string, binding: string): SignInProof {
  const part = (name: string): string =>
    createHmac('sha256', key).update(`datong-account ${name}\n${state}\n${binding}`).digest('base64url');
  return { state, nonce: part('nonce'), verifier: part('verifier') };
}
