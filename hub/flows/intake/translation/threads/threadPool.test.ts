import { shippedSurroundings } from '../../../../../machine/surroundings.ts';
import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { schemaOf } from '../../../../../adapters/fixtures/schemaOf.ts';
import { compileMapping } from '../../../../../adapters/mapping/compile.ts';
import { Problem } from '../../../../../terms/problem.ts';
import type { CopyTask } from '../copyTask.ts';
import { copyPartsInThreads } from './copyPartsInThreads.ts';
import { ThreadPool } from './threadPool.ts';

const schema = schemaOf('one@1', { id: { type: 'string', maxLength: 64 } });
const pool = new ThreadPool();
const document = {
  mapping: 'test/one@1',
  target: 'one@1',
  source: { format: 'csv', options: { encoding: 'utf-8' } },
  fields: { id: { from: 'id' } },
};
const task: CopyTask = {
  schema,
  mapping: compileMapping(document, schema, shippedSurroundings.codeLists),
  subjectKey: createSecretKey(Buffer.alloc(32, 7)),
  codeLists: { digest: '', lists: [] },
};

test('a thread that died while it waited is not handed out', async () => {
  const first = pool.take(task);
  await first.begin(task);
  await pool.giveBack(first);
  await first.end();
  const second = pool.take(task);
  assert.notEqual(second, first);
  assert.equal(await second.begin(task), true);
  await pool.giveBack(second);
  const third = pool.take(task);
  assert.equal(third, second, 'one that lives is used again');
  await third.end();
});

test('a question to a dead thread is rejected for its caller, and affects no other', async () => {
  const thread = pool.take(task);
  const requested = thread.translate(Buffer.from('id\n1\n'));
  await thread.end();
  void thread.translate(null); // an unhandled rejection would end the process
  await turn();
  await assert.rejects(requested, /the translating thread ended/);
  await assert.rejects(thread.translate(null), /the translating thread ended/);
  await pool.giveBack(thread);
});

test('a reader that stops releases the source of the bytes, the first ones included', async () => {
  for (const maxThreads of [1, 2]) {
    for (const header of ['id', 'other']) {
      let open = 0;
      async function* source(): AsyncGenerator<Uint8Array> {
        open += 1;
        try {
          for (let i = 0; i < 20; i += 1)
            yield await Promise.resolve(
              Buffer.from(i === 0 ? `${header}\n${'1\n'.repeat(90_000)}` : '2\n3\n'),
            );
        } finally {
          open -= 1;
        }
      }
      try {
        for await (const part of copyPartsInThreads(task, source(), maxThreads, pool)) {
          assert.ok(part.records > 0);
          break;
        }
      } catch (error) {
        assert.ok(error instanceof Problem && error.code === 'mapping_column_missing');
      }
      assert.equal(open, 0);
    }
  }
});
