import type { components } from '../../../api/openapi.ts';
import { outcomeOf, type ManagedCall, type ManagedOutcome } from '../managed.ts';
import type { Services } from '../services.ts';

/** @throws Problem token_request_invalid, department_unknown */
export async function issueToken(call: ManagedCall, { identity }: Services): Promise<ManagedOutcome> {
  const { name, scopes, department, days } = call.body as components['schemas']['TokenRequest'];
  const request = {
    name,
    scopes,
    ...(department === undefined ? {} : { department }),
    ...(days === undefined ? {} : { days }),
  };
  return outcomeOf(201, await identity.issueToken(request, call));
}
