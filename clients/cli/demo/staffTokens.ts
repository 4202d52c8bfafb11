/** Staff of the demo: the operator's first token, and with it one for each other scope. */
import type { Hub } from '../../../hub/main.ts';
import { DatongRefusal, type StaffClient } from '../apply/staffCall.ts';

const others = { steward: ['steward'], security: ['security'], auditor: ['auditor'] } as const;

export async function firstToken({ services: { identity } }: Hub): Promise<string> {
  const issued = await identity.perform('bootstrap', { actor: { staff: 'hub' } }, (context) =>
    identity.issueToken({ name: 'operator', scopes: ['operator'], days: 1 }, context),
  );
  return issued.token;
}

export async function otherTokens(
  operator: StaffClient,
): Promise<Record<string, { readonly token: string }>> {
  const tokens: Record<string, { readonly token: string }> = {};
  for (const [name, scopes] of Object.entries(others)) {
    const reply = await operator.post('/v1/tokens', { name, scopes, days: 1 });
    if (reply.status >= 400) throw new DatongRefusal(reply);
    tokens[name] = { token: String(reply.body['token']) };
  }
  return tokens;
}
