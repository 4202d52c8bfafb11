/** A disk that fails after the answer of the hub: what the hub has answered is not sent again. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { eventually } from '../../../tests/eventually.ts';
import { DatongProblem } from '../../sdk/datongProblem.ts';
import type { Answer } from '../../sdk/types.ts';
import { DiskBuffer } from './diskBuffer.ts';
import type { NewReject, RejectsFile } from './rejectsFile.ts';
import { RowsLane } from './rowsLane.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-lane-'));
after(() => rmSync(home, { recursive: true, force: true }));
const full = (): Error => Object.assign(new Error('no space left'), { code: 'ENOSPC' });

/** Fails so many times, then works. */
const failing = <A extends readonly unknown[], R>(
  times: number,
  work: (...given: A) => Promise<R>,
): ((...given: A) => Promise<R>) => {
  let left = times;
  return (...given) => {
    left -= 1;
    return left < 0 ? work(...given) : Promise.reject(full());
  };
};

/** A lane that sends two rows to a hub that refuses the second one. */
async function lane(name: string, { rejects = 0, end = 0 }: { rejects?: number; end?: number }) {
  const buffer = await DiskBuffer.open(join(home, name));
  buffer.end = failing(end, buffer.end.bind(buffer));
  const rejected: NewReject[] = [];
  const add = failing(rejects, (lines: readonly NewReject[]) =>
    Promise.resolve(void rejected.push(...lines)),
  );
  const sent: string[] = [];
  const stopping = new AbortController();
  const retries: unknown[] = [];
  const made = new RowsLane({ dataset: 'a.b' }, buffer, {
    limits: { maxRows: 2, maxDelayMs: 0 },
    rejects: { add } as unknown as RejectsFile,
    call: ({ body }) => {
      const rows = Buffer.from(body ?? '').toString('utf8');
      sent.push(rows);
      const findings = [{ index: 1, rule: 'minimum', field: 'n' }];
      const problem = { code: 'rows_refused', findings };
      if (rows.includes('-1'))
        return Promise.reject(
          new DatongProblem(
            { status: 422, rawHeaders: [], body: Buffer.from(JSON.stringify(problem)) },
            undefined,
          ),
        );
      const json = { accepted: 1, quarantined: [], skipped: 0 };
      return Promise.resolve({ json } as unknown as Answer<unknown>);
    },
    safe: () => undefined,
    onRetry: (error) => retries.push(error),
    onSent: () => undefined,
    signal: stopping.signal,
  });
  await made.append([
    { packetId: 1, digest: '0123456789abcdef', at: Date.now(), rows: ['{"n":1}', '{"n":-1}'] },
  ]);
  const sending = made.sendAll();
  await eventually(
    () => made.totals.calls === 1,
    () => `${sent.length} calls, ${retries.length} failures`,
  );
  stopping.abort();
  made.wake();
  await sending;
  await made.close();
  return { sent, rejected, retries, totals: made.totals };
}

test('the rejects file takes nothing: the refused call is not sent again', async () => {
  const { sent, rejected, retries, totals } = await lane('rejects', { rejects: 2 });
  assert.deepEqual(sent, ['{"n":1}\n{"n":-1}', '{"n":1}']);
  assert.deepEqual(
    rejected.map(({ index, rule }) => [index, rule]),
    [[1, 'minimum']],
  );
  assert.equal(retries.length, 2);
  assert.deepEqual([totals.accepted, totals.refused], [1, 1]);
});

test('the state of the buffer is not written: the accepted call is not sent again', async () => {
  const { sent, retries, totals } = await lane('state', { end: 1 });
  assert.deepEqual(sent, ['{"n":1}\n{"n":-1}', '{"n":1}']);
  assert.equal(retries.length, 1);
  assert.deepEqual([totals.accepted, totals.refused], [1, 1]);
});
