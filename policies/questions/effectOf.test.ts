/** An approval names the digest of what a document loosens today; these are the ways in which «today» moves. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agreement, restriction, set } from '../fixtures/smallSets.ts';
import { compilePlans } from '../plans.ts';
import { Problem } from '../../terms/problem.ts';
import { effectOf, type PolicyEffect } from './effectOf.ts';

/** The effect of the last document upon those before it. */
function effect(...texts: readonly string[]): PolicyEffect {
  const { documents, context } = set(...texts.slice(0, -1));
  const [candidate] = set(texts.at(-1) ?? '').documents;
  assert.ok(candidate !== undefined);
  return effectOf(compilePlans(documents, context), candidate, context);
}

const masked = '{ name: { mask: personName } }';
const clear = '{ name: { mask: clear } }';

describe('the effect of a document', () => {
  test('a new agreement adds its cells and its conditions', () => {
    const { document, diff, loosens } = effect(
      agreement({ grant: '    limits: { rowsPerCall: 10 }\n', fields: masked }),
    );
    assert.equal(document, 'agr-a@1');
    assert.deepEqual(diff.counts, { added: 1, loosened: 0, tightened: 0, removed: 0 });
    const cells = loosens.map(({ cell, to }) => `${cell} ${to ?? ''}`);
    assert.ok(cells.includes('name personName(fixed=false)'));
    assert.ok(cells.includes('(limits) {"rowsPerCall":10}'));
    assert.equal(loosens.length, 11);
  });

  test('a new version is compared with the one it replaces, and other agreements do not count', () => {
    const next = agreement({ version: 2, fields: clear });
    const alone = effect(agreement({ fields: masked }), next);
    const otherConsumer = effect(
      agreement({ fields: masked }),
      agreement({ id: 'agr-b', consumer: 'transport' }),
      next,
    );
    assert.deepEqual(
      alone.loosens.map(({ kind, cell, from, to }) => [kind, cell, from, to]),
      [['loosened', 'name', 'personName(fixed=false)', 'clear']],
    );
    assert.equal(alone.digest, otherConsumer.digest);
  });

  test('what loosens nothing has one digest: a tighter version, a restriction', () => {
    const tighter = effect(agreement({ fields: clear }), agreement({ version: 2, fields: masked }));
    const floor = effect(
      agreement({ fields: clear }),
      restriction('when: { field: [name] }\nfloor: { mask: personName }'),
    );
    assert.deepEqual([tighter.loosens, floor.loosens], [[], []]);
    assert.equal(tighter.digest, floor.digest);
    assert.equal(floor.diff.counts.tightened, 1);
  });

  test('a floor that comes in between, or goes, changes the digest', () => {
    const floor = restriction('when: { field: [name] }\nfloor: { mask: personName, fixed: true }');
    const next = agreement({ version: 2, fields: clear });
    const open = effect(agreement({ fields: masked }), next);
    const under = effect(agreement({ fields: masked }), floor, next);
    assert.notEqual(open.digest, under.digest);
    assert.deepEqual(under.loosens, []);
  });

  test('a row filter, a limit or a term that widens is in the digest', () => {
    const rows = (value: string): string =>
      `    rows: { all: [{ field: region_code, op: eq, value: '${value}' }] }\n`;
    const digests = [
      effect(agreement({ grant: rows('990101') })),
      effect(agreement({ grant: rows('990102') })),
      effect(agreement({ grant: rows('990101'), until: '2027-02-01T00:00:00+08:00' })),
      effect(agreement({ grant: `${rows('990101')}    limits: { callsPerDay: 3 }\n` })),
    ].map(({ digest }) => digest);
    assert.equal(new Set(digests).size, 4);
  });

  test('the order of the documents does not matter', () => {
    const [a, b] = [agreement({ fields: masked }), agreement({ id: 'agr-b', consumer: 'transport' })];
    const floor = restriction('when: { field: [birth_date] }\nfloor: { mask: drop }');
    assert.equal(effect(a, b, floor).digest, effect(b, a, floor).digest);
  });

  test('a document that conflicts with those in force has no effect to approve', () => {
    assert.throws(
      () =>
        effect(
          agreement({ fields: '{ name: { mask: pseudonym, domain: person } }' }),
          restriction('when: { field: [name] }\nfloor: { mask: keep, head: 1, tail: 0 }'),
        ),
      (error) => error instanceof Problem && error.code === 'policy_does_not_compile',
    );
  });
});
