import assert from 'node:assert/strict';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';

/** Rules under which the police changes rows of the household register. */
export const playedCases = {
  state: 'relation',
  transitions: [
    { id: 'move', from: '子', to: '其他', by: ['pub-security'] },
    { id: 'return', from: '其他', to: '子', by: ['pub-security'], within: { hours: 24 } },
  ],
};
/** One row of it. */
export const playedCase = {
  person_id: '990102201603108407',
  name: '王子涵',
  sex: '1',
  birth_date: '2016-03-10',
  household_no: 'H000101',
  relation: '子',
  address: '云栖市西泽区荷塘街7号',
  region_code: '990102',
  mobile: null,
  guardian_id: null,
  move_in_date: '2016-04-01',
  income: '0.00',
};

export async function pushCase(client: DatongClient, dataset: string): Promise<void> {
  const { json } = await client.call({
    method: 'POST',
    path: `/v1/datasets/${dataset}/rows`,
    receipt: 'optional',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify([playedCase]), 'utf8'),
  });
  assert.equal((json as { accepted: number }).accepted, 1, JSON.stringify(json));
}
