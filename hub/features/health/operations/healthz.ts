import { unlogged } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';

/** The process answers. */
export const healthz = operation('healthz', {
  kind: 'none',
  run: () => {
    return unlogged<'healthz'>(200, { status: 'ok', checks: {} });
  },
});
