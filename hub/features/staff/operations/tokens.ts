import { actOutcome } from '../../common/actOutcome.ts';
import { issueToken as act } from '../../../identity/persons/staffToken.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** @throws Problem token_request_invalid */
export const issueToken = operation('issueToken', {
  kind: 'management',
  permission: everyone,
  owner: self,
  run: async (call, { identity }) => {
    const body = call.body;
    return actOutcome<'issueToken'>(201, await identity.prepare(act, body, call.caller, call));
  },
});
