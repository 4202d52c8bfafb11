import { unlogged, type Call, type Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';
import { anchorsFile } from './anchorsFile.ts';

/** What a verifier keeps. Public: leaves no entry. */
export function getAnchors(_call: Call, services: Services): Outcome {
  return unlogged(200, anchorsFile(services));
}
