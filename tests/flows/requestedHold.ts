import assert from 'node:assert/strict';
import type { TestHub } from '../hub.ts';

/**
 * A legal hold on a dataset, asked for and waiting for its second person: it holds from the asking on.
 * @param officer token of a security officer @returns takes the asking back
 */
export async function requestedHold(
  hub: TestHub,
  officer: string,
  dataset: string,
  about: string,
): Promise<() => Promise<void>> {
  const placed = await hub.staff(officer, 'POST', '/v1/legal-holds', {
    on: { dataset },
    reason: '诉讼',
    case: about,
    until: new Date(hub.hub.database.now() + 30 * 86_400_000).toISOString(),
  });
  assert.equal(placed.status, 202, JSON.stringify(placed.json));
  return async () => {
    const refusal = `/v1/proposals/${String(placed.json['proposal'])}/refusal`;
    const withdrawn = await hub.staff(officer, 'POST', refusal, { reason: '撤回' });
    assert.ok(withdrawn.status < 300, JSON.stringify(withdrawn.json));
  };
}
