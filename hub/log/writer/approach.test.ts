/** A process that is far behind reads what it missed without the head's lock: the others continue to append meanwhile. */
import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { foldFrontier, frontierLength } from '../../../log/tree/growTree.ts';
import { testDatabase } from '../../../tests/database.ts';
import { transactionOn, withConnection, type Transaction } from '../../platform/database/transaction.ts';
import { headRow, type LogHead } from '../head.ts';
import { LogState } from './logState.ts';
import { NonceMemory } from './replayMemory.ts';

const database = await testDatabase();
const seal = { key: createSecretKey(randomBytes(32)), origin: 'datong/test' };
const chunk = 10_000;
const behind = 4 * chunk + 17;

function headOf(size: number): LogHead {
  const frontier = Array.from({ length: frontierLength(size) }, () => randomBytes(32));
  return { tree: { size, root: foldFrontier(frontier), frontier }, epoch: 1 };
}

/** Entries 0 … size − 1 with a nonce each; only what is read of them matters here. */
async function fill(size: number): Promise<void> {
  await database.owner.query(
    `INSERT INTO audit_entry (idx, at, id, decision, keyid, nonce, leaf, hash)
     SELECT n, now(), ('01980000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'allow', 'k', 'n' || n, '', ''
       FROM generate_series(0, $1 - 1) AS n`,
    [size],
  );
  const row = headRow(headOf(size), seal);
  await database.owner.query(
    'UPDATE audit_head SET size = $1, root = $2, frontier = $3, mac = $4, state_epoch = 1',
    [row.size, row.root, row.frontier, row.mac],
  );
}

/** Reports each statement before it is sent. */
function listening(client: Transaction, reported: (text: string) => Promise<void>): Transaction {
  return new Proxy(client, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (name !== 'query' || typeof member !== 'function') return member;
      return async (...args: unknown[]): Promise<unknown> => {
        await reported(String(args[0]));
        return (await Reflect.apply(member, target, args)) as unknown;
      };
    },
  });
}

test('of 40,017 missed entries all but the last chunk are read before the head is locked, and none is missed', async () => {
  await fill(behind);
  const state = new LogState(seal, new NonceMemory(), headOf(0), () => Promise.resolve(() => undefined));
  const mine = '01980000-0000-7000-8000-000000000005';
  const order: string[] = [];
  const found = await withConnection(database.app, async (client) => {
    const reported = listening(client, async (text) => {
      if (text.includes('FOR UPDATE')) order.push('lock');
      else if (text.includes('FROM audit_entry')) {
        order.push('read');
        // another process locks and lets go of the head meanwhile, as an append does
        if (!order.includes('lock'))
          await database.app.query('SELECT FROM audit_head WHERE id = 1 FOR UPDATE NOWAIT');
      }
    });
    const before = await state.approach(reported, new Set([mine]));
    await transactionOn(reported, () => state.catchUp(reported, new Set([mine])));
    return before;
  });
  assert.deepEqual(order, ['read', 'read', 'read', 'read', 'lock', 'read']);
  assert.equal(found.get(mine), 5);
  assert.equal(state.head.tree.size, behind);
  for (const n of [0, chunk, behind - 1]) assert.ok(state.nonces.has('k', `n${n}`), String(n));
});
