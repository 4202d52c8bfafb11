import { guardedComparisons } from '../../../../machine/guardedComparison.ts';
import type { Turn } from '../../../../machine/turns.ts';
import type { DatasetSchema, JsonSchema } from '../../../../schemas/datasetSchema.ts';
import type { Surroundings } from '../../../../schemas/surroundings.ts';
import type { SchemaRow } from '../../../registry/store/schemas.ts';
import { longestWitness } from './schemaSuccession.ts';

export interface WaiverWitness {
  /** urn of the version that it breaks */
  readonly against: string;
  /** JSON text of a made-up record: valid under one of the two and not under the other */
  readonly witness: string;
}

/**
 * What shows that a version breaks the ones it says it breaks: of each a record, made up from the two texts and from nothing stored.
 * @param rows versions of its name
 * @returns those that were found in time and are short enough to be read
 */
export async function waiverWitnesses(
  turn: Turn,
  { waiver, compatibility }: Pick<SchemaRow, 'waiver' | 'compatibility'>,
  schema: DatasetSchema,
  rows: readonly SchemaRow[],
  surroundings: Surroundings,
): Promise<readonly WaiverWitness[]> {
  const broken = new Set(waiver?.breaks.map(({ against }) => against));
  const earlier = rows.filter(({ urn }) => broken.has(urn));
  const pairs = earlier.map(({ document }) => ({
    old: JSON.parse(document) as JsonSchema,
    fresh: schema.document,
  }));
  const comparisons = await guardedComparisons(turn, pairs, compatibility, surroundings);
  return comparisons.flatMap(({ witness }, index): WaiverWitness[] => {
    const text = JSON.stringify(witness) as string | undefined;
    const against = earlier[index]?.urn;
    return text === undefined || against === undefined || text.length > longestWitness
      ? []
      : [{ against, witness: text }];
  });
}
