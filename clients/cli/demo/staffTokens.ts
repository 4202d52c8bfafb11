/** Staff of the demo: two founders of the hub admit two others, as on any hub. */
import { acceptInvitation } from '../accept/acceptInvitation.ts';
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
    tokens[role] = await comeIn(hub, pin, code, second);
  }
  return tokens;
}

/** One for each other role: the operator invites, the security officer confirms. */
export async function otherStaff(
  hub: Hub,
  pin: string,
  operator: StaffClient,
  security: string,
): Promise<Tokens> {
  const tokens: Record<string, { readonly token: string }> = {};
  for (const { role, name } of others) {
    tokens[role] = await letIn({ hub, pin, operator, security }, name, { role });
  }
  return tokens;
}

/** The tokens of the persons who admit others. */
export interface LettingIn {
  readonly hub: Hub;
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

/** Admits one more person: the operator invites, the security officer confirms, and the person accepts with both halves of the code. */
export async function letIn(
  { hub, pin, operator, security }: LettingIn,
  name: string,
  role: LetInRole,
): Promise<{ readonly token: string }> {
  const roles = [role];
  const invited = answered(await operator.post('/v1/persons', { name, roles }));
  const path = `/v1/persons/${String(invited.body['person'])}/confirmation`;
  const confirmed = answered(await operator.post(path, { roles }, security));
  return comeIn(hub, pin, String(invited.body['code']), String(confirmed.body['code']));
}

async function comeIn(
  hub: Hub,
  pin: string,
  first: string,
  second: string,
): Promise<{ readonly token: string }> {
  const { token } = await acceptInvitation({ first, second, hub: hub.origins.open, pin, days: 1 });
  return { token };
}

function answered(reply: StaffReply): StaffReply {
  if (reply.status >= 400) throw new DatongRefusal(reply);
  return reply;
}
