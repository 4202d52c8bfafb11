import type { components } from '../../api/openapi.ts';
import { jsonCall } from './jsonCall.ts';
import type { CallInput } from './signedCall.ts';
import type { Answer, Scalar } from './types.ts';

export interface CaseChange {
  /** all fields of the primary key */
  readonly key: Readonly<Record<string, Scalar>>;
  /** of the row as it was read: `versions` of a query */
  readonly version: number;
  /** new values of fields; a state that is set is a transition */
  readonly set: Readonly<Record<string, unknown>>;
}

/**
 * Changes fields of a row that several departments work on. A row that changed since it was read is not changed (`row_version_other`).
 * @param call sends it, such as DatongClient.call @param idempotencyKey the same key with the same change gets the first answer again
 */
export async function changeRow(
  call: (input: CallInput) => Promise<Answer<unknown>>,
  dataset: string,
  change: CaseChange,
  idempotencyKey?: string,
): Promise<Answer<components['schemas']['CaseChangeAnswer']>> {
  const path = `/v1/datasets/${encodeURIComponent(dataset)}/rows/changes`;
  const headers = idempotencyKey === undefined ? {} : { 'datong-idempotency-key': idempotencyKey };
  return (await call(jsonCall(path, change, headers, 'required'))) as Awaited<ReturnType<typeof changeRow>>;
}
