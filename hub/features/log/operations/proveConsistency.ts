import { consistency } from '../../../log/evidence/consistency.ts';
import { unlogged } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';

/** That the log only grew since the checkpoints somebody keeps. Public material: leaves no entry. @throws Problem log_shorter */
export const proveConsistency = operation('proveConsistency', {
  kind: 'none',
  run: async (call, services) => {
    const { from, size } = call.query;
    const answer = await consistency(services, {
      from: from.split(',').map(Number),
      size: size === undefined ? undefined : Number(size),
    });
    return unlogged<'proveConsistency'>(200, answer);
  },
});
