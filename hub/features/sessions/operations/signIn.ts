import type { StaffPlace } from '../../../pipeline/callers/staffAuth.ts';
import { setCookie } from '../../../pipeline/callers/cookie.ts';
import { type AllowedOutcome, unlogged, denied } from '../../../pipeline/call.ts';
import type { Act } from '../../../identity/act.ts';
import type { SignedIn } from '../../../identity/sessions/newSession.ts';
import { actOutcome } from '../../common/actOutcome.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { operation } from '../../common/operation.ts';
import { Refusal } from '../../../identity/authentication/refusal.ts';
import { defined } from '../../../../terms/defined.ts';

/** A session begins. Its secret is sent only in the cookie, where no script can read it. */
function signedIn(
  { reply: { secret, ...shown }, ...act }: Act<SignedIn>,
  { cookie }: StaffPlace,
): AllowedOutcome {
  return { ...actOutcome<'signInByCode'>(201, { ...act, reply: shown }), headers: setCookie(cookie, secret) };
}

/** The available ways to sign in; in a demo also the persons. */
export const showSignIn = operation('showSignIn', {
  kind: 'none',
  run: (_call, { hub, identity }) => {
    const names = new Map(
      identity.departments().map((one) => [one.code, { zh: one.nameZh, en: one.nameEn }]),
    );
    const demo = identity.sessions.demoPersons().map(({ id, name, department, grants }) => ({
      person: id,
      name,
      ...placeOf(department ?? grants.find((one) => one.department !== undefined)?.department, names),
      roles: grants.map(({ role, department: place }) => ({
        role,
        ...defined({ department: place }),
      })),
    }));
    const { provider } = identity.sessions;
    return unlogged<'showSignIn'>(200, {
      hub: hub.name,
      demo,
      ...defined({ personApp: hub.personApp, provider }),
    });
  },
});

/** The department where the person works; empty for the data office. */
function placeOf(
  department: string | undefined,
  names: ReadonlyMap<string, Bilingual>,
): { readonly department?: string; readonly departmentName?: Bilingual } {
  const departmentName = department === undefined ? undefined : names.get(department);
  return defined({ department, departmentName });
}

/** @throws Problem token_invalid | _expired | _revoked, authenticator_missing, code_invalid, code_locked */
export const signInByCode = operation('signInByCode', {
  kind: 'management',
  run: async (call, { identity, hub }) => {
    const { token, code } = call.body;
    try {
      const holder = await identity.staff(`Bearer ${token}`);
      return signedIn(await identity.sessions.signInByCode(holder, code, call), hub.staff);
    } catch (error) {
      // the refusal's entry names the owner of the token: as proven where only the code was wrong, otherwise as claimed
      if (!(error instanceof Refusal)) throw error;
      const { proven, claimed } = error.actor;
      const of = proven.staff ?? claimed?.token;
      const person = proven.person === undefined ? {} : { person: proven.person };
      const named = proven.staff === undefined ? 'claimedToken' : 'token';
      return denied(error, { change: { ...(of === undefined ? {} : { [named]: of }), ...person } });
    }
  },
});

/** @throws Problem accounts_not_used, challenge_invalid, account_invalid, account_unknown, identity_provider_unavailable */
export const signInByAccount = operation('signInByAccount', {
  kind: 'management',
  run: async (call, { identity, hub }) => {
    const answer = call.body;
    return signedIn(await identity.sessions.signInByAccount(answer, call, hub.staff.origin), hub.staff);
  },
});

/** @throws Problem passkey_invalid, challenge_invalid */
export const signInByPasskey = operation('signInByPasskey', {
  kind: 'management',
  run: async (call, { identity, hub }) => {
    const { id, ...response } = call.body;
    const answer = { id, rawId: id, type: 'public-key' as const, clientExtensionResults: {}, response };
    return signedIn(await identity.sessions.signInByPasskey(answer, call, hub.staff.origin), hub.staff);
  },
});

/** @throws Problem demo_only, person_unknown */
export const signInAsDemo = operation('signInAsDemo', {
  kind: 'management',
  run: (call, { identity, hub }) => {
    const { person } = call.body;
    return signedIn(identity.sessions.signInAsDemo(person, call), hub.staff);
  },
});
