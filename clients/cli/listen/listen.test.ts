import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChangesAnswer } from '../../sdk/changes.ts';
import type { DatongClient } from '../../sdk/datongClient.ts';
import { DatongProblem } from '../../sdk/datongProblem.ts';
import { VerbFailure } from '../verb.ts';
import { keepInStep } from './listen.ts';
import type { LocalCopy } from './localCopy.ts';

const dataset = 'ecology.air-quality-hourly';
const patience = { firstWaitMs: 1, maxTries: 5 };
const options = { purpose: 'p', agreement: 'a', every: 1, wait: 0, state: '' } as Parameters<
  typeof keepInStep
>[2];

const problem = (status: number, code: string): DatongProblem =>
  new DatongProblem(
    {
      status,
      rawHeaders: [],
      body: Buffer.from(
        JSON.stringify({
          code,
          title: code,
          detail: { zh: '内部错误', en: 'an internal error' },
          exchange: '01a21b39-efde-75e0-9bf0-a7e4295ae280',
        }),
      ),
    },
    undefined,
  );

/** A copy, and a hub that gives each of these in turn: an error, or the watermark of an answer. */
function listening(turns: readonly (DatongProblem | string)[]): {
  readonly asked: () => number;
  readonly run: () => Promise<void>;
} {
  let requested = 0;
  let watermark: string | undefined = 'w0';
  const stopping = new AbortController();
  const copy: LocalCopy = {
    place: () => Promise.resolve(watermark === undefined ? undefined : { watermark }),
    take: (answer) => {
      ({ watermark } = answer);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  const changes = {
    async *untilInStep(): AsyncGenerator {
      await Promise.resolve();
      const turn = turns[requested];
      requested += 1;
      if (turn === undefined) stopping.abort();
      else if (turn instanceof DatongProblem) throw turn;
      else {
        const json = {
          watermark: turn,
          rows: { delivered: 1, gone: 0 },
          more: false,
        } as unknown as ChangesAnswer;
        yield { json, exchange: 'x' };
      }
    },
  };
  const client = { changes } as unknown as Pick<DatongClient, 'changes'>;
  return {
    asked: () => requested,
    run: () => keepInStep(client, dataset, { ...options, every: 0.001 }, copy, stopping.signal, patience),
  };
}

test('a failure of the hub that does not go away ends it, with data set, exchange and cause', async () => {
  const { asked: requested, run } = listening(
    Array.from({ length: 20 }, () => problem(500, 'internal_error')),
  );
  await assert.rejects(run(), (error) => {
    assert.ok(error instanceof VerbFailure);
    for (const part of [dataset, '5 times', 'an internal error', '500 internal_error', '01a21b39-efde'])
      assert.ok(error.text.en.includes(part), `${part}: ${error.text.en}`);
    return true;
  });
  assert.equal(requested(), 5);
});

test('a hub that is busy or away is waited for, and a failure that passed is not counted on', async () => {
  const away = Array.from({ length: 12 }, () => problem(503, 'log_unavailable'));
  const passing = Array.from({ length: 4 }, () => problem(500, 'internal_error'));
  const { asked: requested, run } = listening([...away, 'w1', ...passing, 'w2', ...passing]);
  await run();
  assert.equal(requested(), 12 + 1 + 4 + 1 + 4 + 1);
});
