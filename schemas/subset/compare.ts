/** Compatibility of two schema versions: proof, changes for people, counter-example. */
import { canonicalText } from '../readJson.ts';
import type { JsonSchema } from '../datasetSchema.ts';
import type { Resolve } from '../references.ts';
import { bareSurroundings, type Surroundings } from '../surroundings.ts';
import { ChangeList, type Change } from './changes.ts';
import { maxVisits } from './children.ts';
import type { Comparison, Mode } from './comparison.ts';
import { TooComplex } from './judge.ts';
import { Prover } from './prove.ts';
import { reasonFor } from './reasons.ts';
import { atOnce } from '../../terms/atOnce.ts';
import { policyInSteps, tooComplex } from './tooComplex.ts';
import { readUniverse, type Universe } from './universe.ts';

export interface CompareOptions {
  readonly surroundings?: Surroundings;
  /** number of questions after which a proof is abandoned */
  readonly budget?: number;
  /** maximum number of values tried for a counter-example; 0 for none */
  readonly tries?: number;
}

/** `proven`, `unproven` or `too_complex` */
type Outcome = 'proven' | 'unproven' | 'too_complex';

/**
 * Compares two versions, drafts 07 to 2020-12.
 * @throws SchemaFault when a document cannot be read
 */
export async function compareSchemas(
  old: unknown,
  fresh: unknown,
  mode: Mode,
  options: CompareOptions = {},
): Promise<Comparison> {
  const { surroundings = bareSurroundings } = options;
  const references = new Map<string, JsonSchema>();
  const resolve: Resolve = (urn) => {
    const document = surroundings.resolve(urn);
    if (document !== undefined) references.set(urn, document);
    return document;
  };
  const texts = [canonicalText(old), canonicalText(fresh)] as const;
  if (texts[0] === texts[1]) return { compatible: true, mode, changes: [], policy: [] };
  const policy = atOnce(policyInSteps(old, fresh, resolve));
  if (policy === undefined) return tooComplex(mode);
  const universe = readUniverse([old, fresh], { ...surroundings, resolve });
  const prover = new Prover(universe, options.budget);
  const backward = prove(prover, universe, 0, 1);
  const forward = prove(prover, universe, 1, 0);
  const outcomes = { BACKWARD: [backward], FORWARD: [forward], FULL: [backward, forward] }[mode];
  const compatible = outcomes.every((outcome) => outcome === 'proven');
  const changes = listChanges(prover, universe, backward, forward);
  if (compatible || options.tries === 0) return { compatible, mode, changes, policy };
  const direction =
    mode === 'FORWARD' || (mode === 'FULL' && backward === 'proven')
      ? ([fresh, old, 1, 0] as const)
      : ([old, fresh, 0, 1] as const);
  const witness = await witnessOf(
    universe,
    direction,
    texts,
    [...references.values()],
    surroundings,
    options.tries,
  );
  return { compatible, mode, changes, policy, ...(witness === undefined ? {} : { witness: witness.value }) };
}

/** Each of the two proofs, and the list of changes after them, has the whole budget; results of one are reused by the others. */
function prove(prover: Prover, universe: Universe, left: number, right: number): Outcome {
  const [from, to] = [universe.roots[left], universe.roots[right]];
  if (from === undefined || to === undefined) return 'unproven';
  try {
    return prover.renewed().implies([from], [to]) ? 'proven' : 'unproven';
  } catch (error) {
    if (error instanceof TooComplex || error instanceof RangeError) return 'too_complex';
    throw error;
  }
}

/** The verdicts of single changes, made consistent with the verdict on the whole. */
function listChanges(prover: Prover, universe: Universe, backward: Outcome, forward: Outcome): Change[] {
  const [old, fresh] = universe.roots;
  if (old === undefined || fresh === undefined) return [];
  const list = new ChangeList(universe, prover.renewed());
  list.compare({ old, fresh, path: '' });
  const changes = list.changes.map((change) => ({
    ...change,
    backward: backward === 'proven' || change.backward,
    forward: forward === 'proven' || change.forward,
  }));
  const unexplained = {
    backward: backward !== 'proven' && changes.every((change) => change.backward),
    forward: forward !== 'proven' && changes.every((change) => change.forward),
  };
  if (unexplained.backward || unexplained.forward) {
    const code = backward === 'too_complex' || forward === 'too_complex' ? 'too_complex' : 'not_proven';
    changes.push({
      path: '',
      code,
      backward: !unexplained.backward,
      forward: !unexplained.forward,
      reason: reasonFor(code, {}),
    });
  }
  return changes;
}

/** Branches that double through references can occupy a validator for minutes: no counter-example is searched for then. */
const maxBearableVisits = 20_000;

/** The search for counter-examples needs the validator; successful proofs never load it. */
async function loadSearch() {
  const [witness, validator, generator] = await Promise.all([
    import('./witness.ts'),
    import('./validator.ts'),
    import('../sample/manner.ts'),
  ]);
  return { findWitness: witness.findWitness, validatorOf: validator.validatorOf, nothing: generator.nothing };
}

async function witnessOf(
  universe: Universe,
  [from, to, left, right]: readonly [unknown, unknown, 0 | 1, 0 | 1],
  texts: readonly [string, string],
  references: readonly JsonSchema[],
  surroundings: Surroundings,
  tries: number | undefined,
): Promise<{ readonly value: unknown } | undefined> {
  if (maxVisits(universe.node, universe.roots) > maxBearableVisits) return undefined;
  const { findWitness, validatorOf, nothing } = await loadSearch();
  const [valid, invalid] = [
    validatorOf(from, references, surroundings, texts[left]),
    validatorOf(to, references, surroundings, texts[right]),
  ];
  const [leftRoot, rightRoot] = [universe.roots[left], universe.roots[right]];
  if (valid === undefined || invalid === undefined || leftRoot === undefined || rightRoot === undefined)
    return undefined;
  const confirms = (value: unknown): boolean => valid(value) && !invalid(value);
  const value = findWitness({
    universe,
    left: leftRoot,
    right: rightRoot,
    confirms,
    ...(tries === undefined ? {} : { tries }),
  });
  return value === nothing ? undefined : { value };
}
