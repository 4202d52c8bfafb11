/** Persons and machines of a demo or scenario, admitted as on any hub: two founders admit the others. */
import { mkdirSync } from 'node:fs';
import { acceptInvitation } from '../accept/acceptInvitation.ts';
import { enrolDepartment } from '../enrol/enrolDepartment.ts';
import { inviteFounders } from '../admin/founders.ts';
import type { Hub } from '../../../hub/main.ts';
import { DatongRefusal, type StaffClient, type StaffReply } from '../apply/staffCall.ts';

type Tokens = Readonly<Record<string, { readonly token: string }>>;
const others = [
  { role: 'steward', name: '演示数据管理员 demo steward' },
  { role: 'auditor', name: '演示审计员 demo auditor' },
] as const;

/** Admits the operator and the security officer as founders. @param pin of the hub's root. @returns their tokens by role */
export async function founders(hub: Hub, pin: string): Promise<Tokens> {
  const names = { operator: '演示运维 demo operator', security: '演示数据安全管理员 demo security officer' };
  const tokens: Record<string, { readonly token: string }> = {};
  for (const { role, code, second } of await inviteFounders(hub.services.identity, names)) {
    tokens[role] = await tokenFor({ open: hub.origins.open, pin }, code, second);
  }
  return tokens;
}

/** Admits one person for each role that the demo needs at once. @returns their tokens by role */
export async function otherStaff(by: Admission): Promise<Tokens> {
  const tokens: Record<string, { readonly token: string }> = {};
  for (const { role, name } of others) {
    tokens[role] = await admitPerson(by, name, { role });
  }
  return tokens;
}

/** How the founders admit others: the hub, the client of the operator and the token of the security officer. */
export interface Admission {
  /** origin of the open listener */
  readonly open: string;
  readonly pin: string;
  readonly operator: StaffClient;
  /** token of the person who confirms */
  readonly security: string;
}

/** A role, and its department if that is not the data office. */
export interface AdmittedRole {
  readonly role: string;
  readonly department?: string;
}

/** The operator invites a person, and the security officer confirms. @returns both halves of the invitation */
export async function invite(
  { operator, security }: Pick<Admission, 'operator' | 'security'>,
  name: string,
  role: AdmittedRole,
): Promise<readonly [first: string, second: string]> {
  const roles = [role];
  const invited = answered(await operator.post('/v1/persons', { name, roles }));
  const path = `/v1/persons/${String(invited.body['person'])}/confirmation`;
  const confirmed = answered(await operator.post(path, { roles }, security));
  return [String(invited.body['code']), String(confirmed.body['code'])];
}

/** Admits one more person: invitation, confirmation, acceptance. */
export async function admitPerson(
  by: Admission,
  name: string,
  role: AdmittedRole,
): Promise<{ readonly token: string }> {
  return tokenFor(by, ...(await invite(by, name, role)));
}

/** Accepts an invitation for a person. @returns the person's token, valid for a day */
export async function tokenFor(
  { open, pin }: Pick<Admission, 'open' | 'pin'>,
  first: string,
  second: string,
): Promise<{ readonly token: string }> {
  const { token } = await acceptInvitation({ first, second, hub: open, pin, days: 1 });
  return { token };
}

/** Enrols a machine of a registered department in a folder; the security officer confirms its key. @returns serial of its certificate */
export async function enrolMachine(
  { open, pin, operator, security }: Admission,
  department: string,
  folder: string,
): Promise<string> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const reply = answered(await operator.post(`/v1/departments/${department}/enrolment-codes`, {}));
  const code = String(reply.body['code']);
  const { serial, keyid } = await enrolDepartment({ code, hub: open, pin, department, folder });
  // in a real city the officer first compares the thumbprint with the department
  answered(await operator.post(`/v1/signing-keys/${keyid}/confirmation`, { department }, security));
  return serial;
}

function answered(reply: StaffReply): StaffReply {
  if (reply.status >= 400) throw new DatongRefusal(reply);
  return reply;
}
