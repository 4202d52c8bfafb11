import { unlogged } from '../../gate/call.ts';
import { operation } from '../operation.ts';

/** The process answers. */
export const healthz = operation('healthz', {
  kind: 'none',
  run: () => {
    return unlogged<'healthz'>(200, { status: 'ok', checks: {} });
  },
});
