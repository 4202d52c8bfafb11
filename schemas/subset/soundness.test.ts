/** Never too lax: what the proof calls a subset has no counter-example among thousands of random pairs and values. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nothing } from '../sample/manner.ts';
import { Random } from '../sample/random.ts';
import { configureAjv } from '../vocabulary/configureAjv.ts';
import { TooComplex } from './fault.ts';
import { mutate, randomSchema, withDefinitions } from './fuzz/randomSchema.ts';
import { Prover } from './prove.ts';
import { readUniverse } from './universe.ts';
import { findWitness } from './witness.ts';

const pairs = 2400;

function pairOf(seed: number): readonly [object, object] {
  const random = new Random(seed * 7919 + 13);
  // every third pair begins with alternatives of alternatives, where branches could leak into each other
  const start =
    seed % 3 === 0
      ? { anyOf: [{ oneOf: [randomSchema(random, 2), randomSchema(random, 2)] }, randomSchema(random, 2)] }
      : randomSchema(random);
  const first = withDefinitions(start, random);
  const second =
    seed % 4 === 0 ? withDefinitions(randomSchema(random), random) : (mutate(first, random) as object);
  return seed % 2 === 0 ? [first, second] : [second, first];
}

const ajv = configureAjv(
  new Ajv2020({ strict: false, ownProperties: true, validateSchema: false, logger: false }),
);

function validator(document: object): (value: unknown) => boolean {
  const validate = ajv.compile(document);
  ajv.removeSchema(document);
  return validate;
}

test(`${pairs} random pairs: no proven pair has a witness; refusals without one are few`, (context) => {
  const counts = { proven: 0, refuted: 0, unexplained: 0, tooComplex: 0 };
  for (let seed = 1; seed <= pairs; seed += 1) {
    const [a, b] = pairOf(seed);
    const universe = readUniverse([a, b], () => undefined);
    const [left, right] = universe.roots;
    assert.ok(left !== undefined && right !== undefined);
    let proven = false;
    try {
      proven = new Prover(universe, 20_000).implies([left], [right]);
    } catch (error) {
      if (!(error instanceof TooComplex)) throw error;
      counts.tooComplex += 1;
    }
    const [valid, invalid] = [validator(a), validator(b)];
    const confirms = (value: unknown): boolean => valid(value) && !invalid(value);
    const witness = findWitness({ universe, left, right, confirms, seed, tries: proven ? 150 : 300 });
    const shown = `seed ${seed}: ${JSON.stringify(a)} ⊆ ${JSON.stringify(b)}, witness ${JSON.stringify(witness)}`;
    if (proven) assert.equal(witness, nothing, shown);
    counts[proven ? 'proven' : witness === nothing ? 'unexplained' : 'refuted'] += 1;
  }
  context.diagnostic(JSON.stringify(counts));
  assert.ok(counts.proven > pairs / 3 && counts.refuted > pairs / 4, 'the pairs test both answers');
  assert.ok(counts.unexplained < pairs * 0.08, `refused without a witness: ${counts.unexplained}`);
});
