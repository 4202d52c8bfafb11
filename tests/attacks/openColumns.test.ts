/**
 * A database administrator without a key of the hub changes columns that no seal covers, because each call or step of work writes them. What
 * the hub destroys, shows again or reports does not follow them.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { administratorSession } from '../administratorSession.ts';
import { guardedDatasets } from '../flows/guardedDatasets.ts';
import { idsOf, people, place } from '../flows/householdRecords.ts';
import { requestedHold } from '../flows/requestedHold.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const { client } = city.publicSecurity;
const steward = await hub.token('han', ['steward'], 'pub-security');
const { dataset, sent, merged } = guardedDatasets(hub, { operator: city.operator, steward, client });
const administrator = await administratorSession(database, '-c session_replication_role=replica');
after(() => hub.stop());

const { relation } = place;

for (const [seed, column] of ['deletions', 'records'].entries())
  test(`batch.${column} of a held batch that deletes rows under legal hold: none is deleted`, async () => {
    const id = await dataset(
      `held-${column}`,
      { deleteWhere: { field: 'relation', is: ['其他'] } },
      'upsert',
    );
    const citizens = people(20, 31 + seed).map((cells) => cells.with(relation, '子'));
    await sent(id, citizens);
    await requestedHold(hub, await hub.token(`保全 ${column}`, ['security']), id, 'SS-2026-0008');
    const waits = await sent(
      id,
      citizens.slice(0, 1).map((cells) => cells.with(relation, '其他')),
    );
    assert.deepEqual([waits.code, waits.state], ['under_legal_hold', 'held']);
    await administrator.query(`UPDATE batch SET ${column} = NULL WHERE id = '${waits.batch}'`);
    const { json } = await hub.staff(steward, 'POST', `/v1/batches/${waits.batch}/release`, {
      reason: '核对无误',
    });
    assert.equal(json['code'], 'under_legal_hold');
    assert.deepEqual(await merged(id), idsOf(citizens));
  });
