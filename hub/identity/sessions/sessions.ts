/** The interface to sessions for the rest of the hub: it begins, finds and ends them. */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { HubKeys } from '../../platform/keys/hubKeys.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { PageRows } from '../../platform/database/pages.ts';
import { pageOpenSessions, sessionById, type SessionRow, type SessionsQuery } from '../store/sessions.ts';
import type { Act, ActContext } from '../act.ts';
import type { StaffCaller, SubjectCaller } from '../authentication/caller.ts';
import type { Directory } from '../directory/directory.ts';
import type { KnownPerson } from '../persons/knownPersons.ts';
import {
  offerAccount,
  registerAccount,
  signInByAccount,
  type AccountAnswer,
  type AccountOffer,
  type AccountServices,
} from './accounts.ts';
import { type SignedIn, sessionCaller, endSession, newSession } from './newSession.ts';
import type { IdentityProvider } from './identityProvider.ts';
import { registerPasskey, registrationOptions, signInByPasskey, signInOptions } from './passkeys.ts';
import type { PasskeyServices } from './passkeyServices.ts';
import {
  answeredByPasskey,
  ownPasskeys,
  signatureOffer,
  type OwnPasskey,
  type PasskeyAnswer,
} from './passkeySignatures.ts';
import { ownCaller } from './ownSessions.ts';
import { offer, signInByCode, type OfferedAuthenticator } from './signInByCode.ts';
import { Problem } from '../../../terms/problem.ts';

export interface Sessions {
  /** the person of a session cookie's value. @param isUse whether the session is used by it (default). @throws Refusal session_ended */
  caller(secret: string, now: number, isUse?: boolean): Promise<StaffCaller>;
  /** the person of a session cookie on the citizen's page. @throws Refusal own_session_ended */
  own(secret: string | undefined, now: number): Promise<SubjectCaller>;
  open(wanted: SessionsQuery): Promise<PageRows<SessionRow>>;
  byId(id: string): Promise<SessionRow | undefined>;
  /** persons who may be picked without proof: everyone in a demo, otherwise no one */
  demoPersons(): readonly KnownPerson[];
  offerAuthenticator(staff: StaffCaller, context: ActContext): Promise<Act<OfferedAuthenticator>>;
  signInByCode(holder: StaffCaller, code: string, context: ActContext): Promise<Act<SignedIn>>;
  /** @param origin of the console as browsers reach it */
  passkeyOptions(staff: StaffCaller | undefined, now: number, origin: string): object;
  registerPasskey(
    staff: StaffCaller,
    request: { readonly response: RegistrationResponseJSON; readonly label: string },
    context: ActContext,
    origin: string,
  ): Promise<Act<{ readonly id: string }>>;
  signInByPasskey(
    response: AuthenticationResponseJSON,
    context: ActContext,
    origin: string,
  ): Promise<Act<SignedIn>>;
  /** passkeys of a person that are valid now, by the thumbprints that mandates name them by */
  passkeysOf(person: string, now: number): Promise<readonly OwnPasskey[]>;
  /** the challenge that the person's device must sign: see passkeySignatures.ts */
  signatureOffer(signed: string, now: number): string;
  /** @throws Problem challenge_invalid, passkey_invalid */
  answeredByPasskey(
    person: string,
    response: AuthenticationResponseJSON,
    requested: { readonly signed: string; readonly offer: string; readonly challenge: string },
    now: number,
    origin: string,
  ): Promise<PasskeyAnswer>;
  signInAsDemo(person: string, context: ActContext): Act<SignedIn>;
  /** name of the identity provider; undefined where there is none */
  readonly provider: Bilingual | undefined;
  /** @param staff who binds an account; undefined: the account is used to sign in */
  offerAccount(staff: StaffCaller | undefined, now: number, origin: string): Promise<AccountOffer>;
  registerAccount(
    staff: StaffCaller,
    answer: AccountAnswer,
    context: ActContext,
    origin: string,
  ): Promise<Act<{ readonly id: string }>>;
  signInByAccount(answer: AccountAnswer, context: ActContext, origin: string): Promise<Act<SignedIn>>;
  end(
    request: { readonly id: string; readonly reason: string },
    context: ActContext,
  ): Promise<Act<{ readonly id: string }>>;
}

export interface SessionOptions {
  readonly reader: Reader;
  readonly keys: Pick<HubKeys, 'cursor' | 'sealing'>;
  readonly directory: () => Directory;
  /** true only in `datong demo` */
  readonly demo: boolean;
  readonly provider: IdentityProvider | undefined;
}

export function sessionsOf({ reader, keys, directory, demo, provider }: SessionOptions): Sessions {
  const codes = { reader, sealing: keys.sealing };
  const passkeys = (origin: string): PasskeyServices => ({ reader, challenges: keys.cursor, origin });
  const accounts = (origin: string): AccountServices => ({
    reader,
    challenges: keys.cursor,
    origin,
    provider,
  });
  return {
    caller: (secret, now, isUse = true) =>
      sessionCaller(secret, now, { reader, directory: directory(), isUse }),
    own: (secret, now) => ownCaller(secret, now, reader),
    open: (wanted) => pageOpenSessions(reader, wanted),
    byId: (id) => sessionById(reader, id),
    demoPersons: () =>
      demo ? [...directory().persons.values()].filter(({ state }) => state === 'active') : [],
    offerAuthenticator: (staff, context) => offer(staff, context, codes),
    signInByCode: (holder, code, context) => signInByCode(holder, code, context, codes),
    passkeyOptions: (staff, now, origin) =>
      staff === undefined
        ? signInOptions(now, passkeys(origin))
        : registrationOptions(staff, now, passkeys(origin)),
    registerPasskey: (staff, request, context, origin) =>
      registerPasskey(staff, request, context, passkeys(origin)),
    signInByPasskey: (response, context, origin) => signInByPasskey(response, context, passkeys(origin)),
    passkeysOf: (person, now) => ownPasskeys(reader, person, now),
    signatureOffer: (signed, now) => signatureOffer(signed, now, keys.cursor),
    answeredByPasskey: (person, response, requested, now, origin) =>
      answeredByPasskey(person, response, requested, now, passkeys(origin)),
    signInAsDemo: (person, context) => signInAsDemo(person, context, { demo, persons: directory().persons }),
    provider: provider?.title,
    offerAccount: (staff, now, origin) => offerAccount(staff, now, accounts(origin)),
    registerAccount: (staff, answer, context, origin) =>
      registerAccount(staff, answer, context, accounts(origin)),
    signInByAccount: (answer, context, origin) => signInByAccount(answer, context, accounts(origin)),
    end: (request, context) => endSession(request, context, reader),
  };
}

/**
 * Signs in a person without proof: any person of a demo, no one elsewhere. No configuration enables this, only the demo itself.
 * @throws Problem demo_only, person_unknown
 */
function signInAsDemo(
  person: string,
  context: ActContext,
  { demo, persons }: { readonly demo: boolean; readonly persons: ReadonlyMap<string, KnownPerson> },
): Act<SignedIn> {
  if (!demo) throw new Problem('demo_only');
  if (persons.get(person)?.state !== 'active') throw new Problem('person_unknown', { person });
  return newSession({ person, way: 'demo', credential: null }, context);
}
