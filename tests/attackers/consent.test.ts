/**
 * A consumer with nothing but the signed API tries for a minute to learn a hidden field, whether a person is there, or a suppressed cell, by
 * pages, batches, streams, changes, facts and statistics: in two worlds that differ in nothing else. No reply may distinguish them. ATTACK_SECONDS and ATTACK_SEED set how long and from where.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { seededRandom, type Random } from '../../clients/cli/demo/files/invented.ts';
import { isChanges, nextMove, play } from './moves.ts';
import { register, twoWorlds } from './twoWorlds.ts';

const seed = Number(process.env['ATTACK_SEED'] ?? 20261121);
const seconds = Number(process.env['ATTACK_SECONDS'] ?? 60);
/** moves until an attacker that can see something has seen it */
const enough = 5_000;

/** what is granted in some way, by the end of its path */
const deliveries = ['query', 'batch-query', 'stream', 'changes', 'school-age', 'registered-as', 'aggregate'];

const { worlds, known } = await twoWorlds(seed);
const [one, two] = worlds;
after(async () => {
  for (const { hub } of worlds) await hub.stop();
});

interface Played {
  readonly moves: number;
  /** by what was asked for */
  readonly answered: ReadonlyMap<string, number>;
  /** what distinguished the worlds; undefined: nothing did */
  readonly difference: string | undefined;
}

/** Moves until one distinguishes the worlds, or until time is up. */
async function attack(
  random: Random,
  goesOn: (moves: number, answered: Played['answered']) => boolean,
): Promise<Played> {
  const cursors: (readonly [string, string])[] = [];
  let watermark: readonly [string, string] | undefined;
  const answered = new Map<string, number>();
  let moves = 0;
  for (; goesOn(moves, answered); moves += 1) {
    const move = nextMove(random, known, cursors.length);
    const held = isChanges(move) ? watermark : cursors[move.cursor];
    const here = await play(one.city.education.client, move, held?.[0]);
    const there = await play(two.city.education.client, move, held?.[1]);
    if (here.text !== there.text) {
      const difference = [move.path, JSON.stringify(move.body(undefined)), here.text, there.text].join('\n');
      return { moves, answered, difference };
    }
    const what = move.path.split('/').at(-1) ?? '';
    if (here.answered) answered.set(what, (answered.get(what) ?? 0) + 1);
    if (here.cursor !== undefined && there.cursor !== undefined) cursors.push([here.cursor, there.cursor]);
    if (here.watermark !== undefined && there.watermark !== undefined)
      watermark = [here.watermark, there.watermark];
  }
  return { moves, answered, difference: undefined };
}

test(`seed ${seed}: ${seconds} s of trying tell the attacker nothing that masks do not state`, async (t) => {
  const until = Date.now() + seconds * 1_000;
  // on a slow machine it continues until every delivery revealed something once
  const tried = (answered: Played['answered']): boolean => deliveries.every((what) => answered.has(what));
  const { moves, answered, difference } = await attack(
    seededRandom(seed),
    (made, reported) => Date.now() < until || (made < enough && !tried(reported)),
  );
  assert.equal(difference, undefined);
  t.diagnostic(`${moves} moves, answered: ${JSON.stringify([...answered])}`);
  for (const what of deliveries) assert.ok(answered.has(what), `${what} was answered`);
});

test('the same attacker sees what a mask does state: one child’s income in another band', async () => {
  const [child] = known;
  const people = two.people.map((person) =>
    person.id === child
      ? { ...person, income: Number(person.income) < 60_000 ? '90000.00' : '10000.00' }
      : person,
  );
  await register(two, people);
  const { difference } = await attack(seededRandom(seed), (moves) => moves < enough);
  assert.match(difference ?? '', /income/);
});
