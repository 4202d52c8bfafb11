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

/** The operator and the security officer. @param hub with its pin */
export async function founders(hub: Hub, pin: string): Promise<Tokens> {
  const names = { operator: '演示运维 demo operator', security: '演示数据安全管理员 demo security officer' };
  const tokens: Record<string, { readonly token: string }> = {};
  for (const { role, code, second } of await inviteFounders(hub.services.identity, names)) {
    tokens[role] = await comeIn({ open: hub.origins.open, pin }, code, second);
  }
  return tokens;
}

/** One for each other role: the operator invites, the security officer confirms. */
export async function otherStaff(by: LettingIn): Promise<Tokens> {
  const tokens: Record<string, { readonly token: string }> = {};
  for (const { role, name } of others) {
    tokens[role] = await letIn(by, name, { role });
  }
  return tokens;
}

/** The tokens of the persons who admit others. */
export interface LettingIn {
  /** open listener of the hub */
  readonly open: string;
  readonly pin: string;
  /** invites */
  readonly operator: StaffClient;
  /** token of the person who confirms */
  readonly security: string;
}

/** A role, and its department where it is not the data office's. */
export interface LetInRole {
  readonly role: string;
  readonly department?: string;
}

/** The operator invites a person, and the security officer confirms. @returns both halves of the invitation */
export async function invite(
  { operator, security }: Pick<LettingIn, 'operator' | 'security'>,
  name: string,
  role: LetInRole,
): Promise<readonly [first: string, second: string]> {
  const roles = [role];
  const invited = answered(await operator.post('/v1/persons', { name, roles }));
  const path = `/v1/persons/${String(invited.body['person'])}/confirmation`;
  const confirmed = answered(await operator.post(path, { roles }, security));
  return [String(invited.body['code']), String(confirmed.body['code'])];
}

/** Admits one more person, who accepts with both halves of the invitation. */
export async function letIn(
  by: LettingIn,
  name: string,
  role: LetInRole,
): Promise<{ readonly token: string }> {
  return comeIn(by, ...(await invite(by, name, role)));
}

export async function comeIn(
  { open, pin }: Pick<LettingIn, 'open' | 'pin'>,
  first: string,
  second: string,
): Promise<{ readonly token: string }> {
  const { token } = await acceptInvitation({ first, second, hub: open, pin, days: 1 });
  return { token };
}

/** Enrols a machine of a registered department in a folder; the security officer confirms its key. @returns serial of its certificate */
export async function enrolMachine(
  { open, pin, operator, security }: LettingIn,
  department: string,
  folder: string,
): Promise<string> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const reply = answered(await operator.post(`/v1/departments/${department}/enrolment-codes`, {}));
  const code = String(reply.body['code']);
  const { serial, keyid } = await enrolDepartment({ code, hub: open, pin, department, folder });
  // the second person has compared the thumbprint with the department
  answered(await operator.post(`/v1/signing-keys/${keyid}/confirmation`, { department }, security));
  return serial;
}

function answered(reply: StaffReply): StaffReply {
  if (reply.status >= 400) throw new DatongRefusal(reply);
  return reply;
}
