import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReleaseServices } from './services.ts';
import { TokenPrefetch } from './pagePersons.ts';

const keys = {
  /** two bytes of a token for each person of 32 */
  logTokens: (subjects: Uint8Array, now: number) =>
    Uint8Array.from({ length: subjects.length / 16 }, (_, at) =>
      at % 2 === 0 ? now : (subjects[at * 16 - 16] ?? 0),
    ),
} as unknown as ReleaseServices['keys'];
const row = (person: number | undefined) => ({
  subject: person === undefined ? undefined : new Uint8Array(32).fill(person),
});
const tokens = (ahead: TokenPrefetch, ...rows: ReturnType<typeof row>[]): number[][] => {
  const bytes = [...ahead.of(rows)];
  return Array.from({ length: bytes.length / 2 }, (_, at) => bytes.slice(2 * at, 2 * at + 2));
};

test('delivered rows have the tokens precomputed, others have none, and what was not foreseen is computed now', () => {
  const [first, second, withoutSubject, third, last] = [row(1), row(2), row(undefined), row(3), row(9)];
  const ahead = new TokenPrefetch({ keys }, 7);
  assert.deepEqual(tokens(ahead), [], 'of nothing');
  ahead.add([first, second, withoutSubject]);
  ahead.add([]);
  ahead.add([third]);
  const all = [
    [7, 1],
    [7, 2],
    [7, 3],
  ];
  assert.deepEqual(tokens(ahead, first, second, third), all);
  assert.deepEqual(tokens(ahead, first, second, withoutSubject, third), all);
  assert.deepEqual(tokens(ahead, second), [[7, 2]]);
  assert.deepEqual(tokens(ahead, first, third), [
    [7, 1],
    [7, 3],
  ]);
  assert.deepEqual(tokens(ahead, second, last), [
    [7, 2],
    [7, 9],
  ]);
  assert.deepEqual(tokens(ahead), []);
});
