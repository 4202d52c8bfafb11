import { invalidMandate, mandateId, type Mandate } from '../../../../certs/mandates/mandate.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { isSamePerson } from '../../../domain/standIn.ts';
import { allowed } from '../../../pipeline/call.ts';
import { openMandate } from '../../../../certs/mandates/openMandate.ts';
import { insertMandate } from '../../../identity/store/mandates.ts';
import { ownerOf } from '../../../identity/owners.ts';
import type { Services } from '../../common/services.ts';
import { mandateView } from './mandates.ts';
import { own } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { claimedDepartment } from '../../../../certs/mandates/openMandate.ts';
import { operation } from '../../common/operation.ts';

/**
 * POST /v1/mandates: verifies the mandate, which is verified again at each signature. The submitter is a second pair of eyes: neither the
 * person who receives the mandate, nor that person's deputy, nor the steward they deputize for.
 * @throws Problem mandate_invalid, four_eyes, already_registered
 */
export const giveMandate = operation('giveMandate', {
  kind: 'management',
  // the department's key names the signer: another person submits the mandate, and one person may revoke it
  permission: { 'office steward': own, 'office security': own, steward: own, security: own },
  owner: (call) => anyOf(claimedDepartment(call.body.mandate)),
  run: async (call, services) => {
    const { mandate: jws } = call.body;
    const { identity } = services;
    const { mandate, payload, keyid } = await openMandate(jws, (kid, of) => identity.keyInForce(kid, of));
    const reason = await faultOf(mandate, call.now, services);
    if (reason !== undefined) throw invalidMandate(reason);
    if (isSamePerson(call.caller, mandate.person)) throw new Problem('four_eyes');
    const { department, person, role, until } = mandate;
    const id = mandateId(payload);
    const row = {
      id,
      department,
      person,
      jws,
      keyid,
      givenBy: call.caller.person,
      givenAt: call.now,
      exchange: call.exchange,
    };
    return allowed<'giveMandate'>(
      201,
      mandateView({ ...row, revokedAt: null, reason: null, altered: false }, call.now, services),
      {
        facts: {
          change: {
            kind: 'Mandate',
            id,
            act: 'give',
            department,
            person,
            role,
            until,
            passkey: mandate.passkey,
            keyid,
          },
        },
        work: async (transaction) => {
          if (!(await insertMandate(transaction, row)))
            throw new Problem('already_registered', { what: `Mandate ${id}` });
        },
      },
    );
  },
});

/** The reason why the mandate can never be used for signing. */
async function faultOf(mandate: Mandate, now: number, services: Services): Promise<Bilingual | undefined> {
  const { identity } = services;
  const { department, role, datasets } = mandate;
  if (now >= Date.parse(mandate.until)) return { zh: '已经过期', en: 'it has expired' };
  const person = identity.persons().find(({ id }) => id === mandate.person);
  const owner = ownerOf(identity, department);
  const decides = person?.grants.some(
    (grant) =>
      (grant.role === 'steward' || grant.role === 'security') &&
      ownerOf(identity, grant.department) === owner,
  );
  if (person?.state !== 'active' || decides !== true)
    return {
      zh: '被授权的人不是该部门在岗的数据管理员或数据安全管理员',
      en: 'whom it is for is no data steward and no security officer of the department',
    };
  const keys = await identity.sessions.passkeysOf(mandate.person, now);
  if (!keys.some(({ key }) => key === mandate.passkey))
    return { zh: '被授权的人没有登记这个通行密钥', en: 'whom it is for has not registered that passkey' };
  const isOffice = identity.department(department)?.dataOffice === true;
  if (role === 'data-office' && (!isOffice || datasets !== undefined))
    return {
      zh: '只有数据主管部门可以授权签署统一管控规则，且不限数据资源',
      en: 'the data office alone lets restrictions be signed, and names no datasets for it',
    };
  if (role === 'provider' && datasets?.some((one) => providerOf(datasetId(one)) !== department) === true)
    return { zh: '写有别的部门的数据资源', en: 'it names a dataset of another department' };
  return undefined;
}
