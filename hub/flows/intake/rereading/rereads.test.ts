import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sender } from '../sender.ts';
import { Rereads } from '../services.ts';

const person = (name: string): Sender =>
  ({ kind: 'staff', person: name, department: 'education' }) as unknown as Sender;
const machine = (department: string): Sender => ({ kind: 'department', department }) as unknown as Sender;
const limits = { rereadsAtOnce: 2, rereadsWaiting: 1, rereadsWaitingOfOne: 1, rereadPatience: 60_000 };

/** Work that ends on command. */
function pieces(rereads: Rereads): {
  begun: string[];
  ask: (caller: Sender, name: string) => Promise<string>;
  end: (name: string) => Promise<void>;
} {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    ask: (caller, name) =>
      rereads
        .run(caller, () => {
          begun.push(name);
          return new Promise<string>((resolve) => ends.set(name, () => resolve('answered')));
        })
        .catch((error: unknown) => String((error as { code?: string }).code)),
    end: async (name) => {
      ends.get(name)?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('one question of a person is read at a time, one more waits, and a third is refused; questions of others are read', async () => {
  const { begun, ask, end } = pieces(new Rereads(limits));
  const [first, second] = [ask(person('li'), 'li 1'), ask(person('li'), 'li 2')];
  await settled();
  assert.equal(await ask(person('li'), 'li 3'), 'rereads_busy');
  const other = ask(machine('education'), 'machine');
  await settled();
  assert.deepEqual(begun, ['li 1', 'machine'], 'a department’s machine is not one of its persons');
  await end('li 1');
  assert.deepEqual([await first, begun], ['answered', ['li 1', 'machine', 'li 2']]);
  await end('li 2');
  await end('machine');
  assert.deepEqual([await second, await other], ['answered', 'answered']);
});

test('so many are read at once, so many wait, and each further one is refused; what fails gives its place back', async () => {
  const rereads = new Rereads(limits);
  const { begun, ask, end } = pieces(rereads);
  await assert.rejects(
    rereads.run(person('a'), () => Promise.reject(new Error('unreadable'))),
    /unreadable/,
  );
  const three = ['a', 'b', 'c'].map((name) => ask(person(name), name));
  await settled();
  assert.deepEqual(begun, ['a', 'b']);
  assert.equal(await ask(person('d'), 'd'), 'rereads_busy');
  await end('a');
  assert.deepEqual(begun, ['a', 'b', 'c']);
  await end('b');
  await end('c');
  assert.deepEqual(await Promise.all(three), ['answered', 'answered', 'answered']);
  const again = ask(person('d'), 'd');
  await settled();
  await end('d');
  assert.equal(await again, 'answered');
});

test('who waits too long is refused, with the time to come again', async () => {
  const rereads = new Rereads({ ...limits, rereadsAtOnce: 0, rereadPatience: 5 });
  await assert.rejects(
    rereads.run(person('a'), () => Promise.resolve()),
    { code: 'rereads_busy', extras: { headers: { 'retry-after': '5' } } },
  );
});
