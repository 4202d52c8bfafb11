/** Widths of the flow picture are proportional to calls, and no band leaves its department. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flowsOf, placed } from './flows.ts';

const row = (department: string, provider: string, count?: number) => ({
  department,
  provider,
  few: count === undefined,
  ...(count === undefined ? {} : { count }),
});

test('datasets of one pair are added, refused calls are a part of it, withheld numbers are noted', () => {
  assert.deepEqual(
    flowsOf(
      [row('education', 'police', 30), row('education', 'police', 20), row('health', 'police')],
      [row('education', 'police', 10), row('education', 'police'), row('ecology', 'police', 5)],
    ),
    [
      {
        provider: 'police',
        consumer: 'education',
        answered: 50,
        refused: 10,
        hasFew: { answered: false, refused: true },
      },
      {
        provider: 'police',
        consumer: 'ecology',
        answered: 0,
        refused: 5,
        hasFew: { answered: false, refused: false },
      },
      {
        provider: 'police',
        consumer: 'health',
        answered: 0,
        refused: 0,
        hasFew: { answered: true, refused: false },
      },
    ],
  );
  assert.deepEqual(flowsOf([], []), []);
});

test('twice the calls are twice the width, and bands of one department touch without overlapping', () => {
  const flows = flowsOf(
    [row('education', 'police', 200), row('health', 'police', 100), row('education', 'ecology', 100)],
    [row('education', 'police', 100)],
  );
  const { bands, left, right, height } = placed(flows);
  const [first, second, third] = bands;
  assert.ok(first && second && third);
  assert.equal(first.thick, 2 * second.thick);
  assert.equal(first.thin, second.thick);
  for (const side of [left, right])
    for (const [index, end] of side.entries()) {
      const next = side[index + 1];
      if (next !== undefined) assert.ok(end.at + end.size < next.at);
      assert.ok(end.at + end.size <= height);
    }
  for (const { flow, from, to, thick, thin } of bands) {
    const source = left.find(({ code }) => code === flow.provider);
    const target = right.find(({ code }) => code === flow.consumer);
    assert.ok(source && target);
    assert.ok(from >= source.at && from + thick + thin <= source.at + source.size + 1e-9);
    assert.ok(to >= target.at && to + thick + thin <= target.at + target.size + 1e-9);
  }
});
