import {
  compareBases,
  readSignature,
  requestBase,
  type BaseDifference,
  type Diagnosis,
} from '../../certs/signatures/index.ts';
import type { Answer } from './types.ts';

/** What the hub makes of a signature, and where its base differs from the one that was signed here. */
export interface OwnDiagnosis {
  readonly diagnosis: Diagnosis;
  readonly difference: BaseDifference | undefined;
}

export function diagnosisIn({ json, kept: { request } }: Answer<unknown>): OwnDiagnosis {
  const diagnosis = json as Diagnosis;
  const own = requestBase(readSignature(request), request);
  return { diagnosis, difference: compareBases(diagnosis.base?.join('\n') ?? own, own) };
}
