import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';

/** The newest checkpoint: a C2SP signed note. Whoever keeps one can prove later that the log was not rewritten. Public: leaves no entry. */
export function getCheckpoint(_call: Call, { audit }: Services): Outcome {
  const body = Buffer.from(audit.checkpoint());
  return { entry: 'none', status: 200, contentType: 'text/plain; charset=utf-8', body };
}
