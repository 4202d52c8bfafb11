import { jsonCall } from './jsonCall.ts';
import type { CallInput } from './signedCall.ts';
import type { Answer, Scalar } from './types.ts';

/**
 * Deletes rows of this department by their keys, from a dataset that is updated by key.
 * @param call such as a client's @param keys at most 10,000, each with all fields of the primary key @param reason recorded in the log
 */
export async function deleteRows(
  call: (input: CallInput) => Promise<Answer<unknown>>,
  dataset: string,
  keys: readonly Readonly<Record<string, Scalar>>[],
  reason: string,
): Promise<Answer<{ readonly deleted: number; readonly missing: number }>> {
  const path = `/v1/datasets/${encodeURIComponent(dataset)}/deletions`;
  return (await call(jsonCall(path, { keys, reason }, {}, 'required'))) as Awaited<
    ReturnType<typeof deleteRows>
  >;
}
