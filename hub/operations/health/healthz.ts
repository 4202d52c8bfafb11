import { unlogged, type Outcome } from '../../gate/call.ts';

/** The process answers. */
export function healthz(): Outcome {
  return unlogged(200, { status: 'ok', checks: {} });
}
