import { assertionType } from '../../../../certs/jws.ts';
import { opensPerson } from '../../../../log/commitment.ts';
import {
  invalidAssertion,
  readAssertion,
  type SubjectAssertion,
} from '../../../../policies/consents/assertion.ts';
import { anotherPerson } from '../../../../policies/consents/readConsent.ts';
import { Problem } from '../../../../terms/problem.ts';
import { personService } from '../store/personServices.ts';
import { signedByCaller } from '../../consents/operations/signedByCaller.ts';
import type { Services } from '../../common/services.ts';
import { setCookie, clearCookie } from '../../../pipeline/callers/cookie.ts';
import { allowed } from '../../../pipeline/call.ts';
import {
  newOwnSecret,
  ownIdle,
  waitingFor,
  codeLife,
  ownLife,
} from '../../../identity/sessions/ownSessions.ts';
import { secretHash, randomText } from '../../../identity/secrets/secrets.ts';
import { useOwnCode, insertOwnSession, endOwnSession as end, sealedKeyOf } from '../store/ownSessions.ts';
import { moment } from '../../common/listing.ts';
import { titledDepartment } from './titledDepartment.ts';
import { operation } from '../../common/operation.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { takeAssertion } from '../store/takeAssertion.ts';
import { sealerOf } from '../../../flows/sealer.ts';
import type { KeyObject } from 'node:crypto';
import { lastingFormats } from '../../../../schemas/formats/index.ts';
import { subjectHash } from '../../../domain/subjectHash.ts';

/** The proven identifier is stored sealed in the session of the person's own page, for as long as that session. */
const contextOf = (session: string): string => `own-session:${session}`;

const sealedIdentifier = ({ keys }: Pick<Services, 'keys'>, session: string, value: string): Uint8Array =>
  sealerOf(keys.sealing).seal(Buffer.from(value, 'utf8'), contextOf(session));

/** @returns undefined where the session ended meanwhile */
export async function identifierOf(
  { keys, database }: Pick<Services, 'keys' | 'database'>,
  session: string,
): Promise<string | undefined> {
  const sealed = await sealedKeyOf(database.app, session);
  if (sealed === undefined) return undefined;
  return Buffer.from(sealerOf(keys.sealing).open(sealed, contextOf(session))).toString('utf8');
}

/**
 * The person whom an appointed department's service has identified. The service signed the assertion itself, for this person and this hub,
 * minutes ago.
 * @throws Problem not_person_service, assertion_invalid
 */
export async function assertedPerson(
  {
    jws,
    subject,
  }: { readonly jws: string; readonly subject: { readonly value: string; readonly salt: string } },
  { department, now }: { readonly department: string; readonly now: number },
  { database, identity, hub }: Pick<Services, 'database' | 'identity' | 'hub'>,
): Promise<SubjectAssertion> {
  if ((await personService(database.app, department)) !== true)
    throw new Problem('not_person_service', { department });
  const signed = await signedByCaller(jws, department, identity);
  if (signed?.typ !== assertionType) {
    throw invalidAssertion({
      zh: `应为本部门有效密钥签署的 ${assertionType}`,
      en: `a ${assertionType} signed by a key in force of your department is wanted`,
    });
  }
  const assertion = readAssertion(signed.payload, department, { hub: hub.publicOrigin, now });
  if (!opensPerson(assertion.subject.commitment, subject)) throw invalidAssertion(anotherPerson);
  return assertion;
}

/**
 * POST /v1/own/session: exchanges the code in the address for a session with a new secret. A cookie that the browser sends is ignored.
 * @throws Problem own_page_off, own_code_invalid
 */
export const beginOwnSession = operation('beginOwnSession', {
  kind: 'management',
  run: async (call, services) => {
    const { code } = call.body;
    const { citizen } = services.hub;
    if (citizen === undefined) throw new Problem('own_page_off');
    const { now } = call;
    const row = await waitingFor(code, now, services.database.app);
    const { secret, hash } = newOwnSecret();
    const idleUntil = Math.min(now + ownIdle, row.until);
    return {
      ...allowed<'beginOwnSession'>(
        201,
        {
          department: titledDepartment(services.identity, row.department),
          presentedBy: row.presentedBy,
          expires: moment(idleUntil),
        },
        {
          facts: { change: { session: row.id } },
          work: async (transaction) => {
            const used = { id: row.id, code: secretHash(code), hash, idleUntil };
            if (!(await useOwnCode(transaction, used))) throw new Problem('own_code_invalid');
          },
        },
      ),
      headers: setCookie(citizen.cookie, secret),
    };
  },
});

/**
 * POST /v1/own-sessions: an appointed department's service opens a person's own page for them. It vouches for the person by a signed
 * assertion, which opens one session and is stored. The person's browser gets an address with a code that works once, within two minutes.
 * The person's identifier never passes their browser.
 * @throws Problem own_page_off, not_person_service, assertion_invalid, assertion_used
 */
export const openOwnSession = operation('openOwnSession', {
  kind: 'management',
  run: async (call, services) => {
    const { assertion: jws, subject: opening } = call.body;
    const { citizen } = services.hub;
    if (citizen === undefined) throw new Problem('own_page_off');
    const { department } = call.caller;
    const { exchange, now } = call;
    const assertion = await assertedPerson({ jws, subject: opening }, { department, now }, services);
    const subject = personHash(services.keys.subject, opening.value);
    const { secret, hash } = newOwnSecret();
    const id = randomText(10).toLowerCase();
    const { presentedBy, assurance } = assertion;
    return allowed<'openOwnSession'>(
      201,
      // after the `#`: a fragment is never sent to a server or proxy, or in a Referer
      { url: `${citizen.origin}/own#${secret}`, expires: moment(now + codeLife) },
      {
        facts: { change: { session: id, assertion: assertion.id, presentedBy, assurance } },
        subjects: [subjectToken(services.keys.logToken(tokenYear(now)), subject)],
        work: async (transaction) => {
          const taken = { department, id: assertion.id, jws, exchange };
          if (!(await takeAssertion(transaction, taken))) throw new Problem('assertion_used');
          const row = {
            id,
            subject,
            commitment: assertion.subject.commitment,
            department,
            presentedBy,
            assurance,
            hash,
            now,
            idleUntil: now + codeLife,
            until: now + ownLife,
            sealedKey: sealedIdentifier(services, id, opening.value),
          };
          await insertOwnSession(transaction, row, exchange);
        },
      },
    );
  },
});

/** POST /v1/own/session/end: signs the person out. No data about whose session it was remains. */
export const endOwnSession = operation('endOwnSession', {
  kind: 'management',
  run: (call, { hub }) => {
    const { session } = call.caller;
    const outcome = allowed<'endOwnSession'>(
      200,
      {},
      {
        facts: { change: { session } },
        work: (transaction) => end(transaction, session),
      },
    );
    return hub.citizen === undefined ? outcome : { ...outcome, headers: clearCookie(hub.citizen.cookie) };
  },
});

/**
 * The keyed hash of a person. An identifier in another form than that of the rows is rejected: it would match nothing and report no
 * access.
 * @throws Problem assertion_invalid
 */
export function personHash(key: KeyObject, value: string): Buffer {
  const looksLikeNumber = /^\d{17}[\dx]$/iu.test(value);
  const isOff = looksLikeNumber && lastingFormats['cn-resident-id']?.(value) !== undefined;
  if (isOff || /[\s\p{Cf}]/u.test(value)) {
    throw invalidAssertion({
      zh: '标识的形式不正确（如小写 x、空格、校验码）',
      en: 'the identifier does not have its form: a small x, a blank, a wrong check digit',
    });
  }
  return Buffer.from(subjectHash(key, 'person', value), 'hex');
}
