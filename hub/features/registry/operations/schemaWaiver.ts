/**
 * A waiver: a version breaks others of its major knowingly. It states what breaks and how many stored rows fail; three persons approve it.
 */
import type { components } from '../../../../api/openapi.ts';
import { canonicalText } from '../../../../schemas/readJson.ts';
import { compileSchema } from '../../../../schemas/compile.ts';
import type { JsonSchema, DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import { Problem } from '../../../../terms/problem.ts';
import { outgrown, type Examined, type SchemaWaiver } from '../../../domain/schemaVersion.ts';
import { examineStored } from '../../../flows/intake/inspect/examineStored.ts';
import { listDatasets } from '../../../registry/store/datasets.ts';
import type { SchemaRow } from '../../../registry/store/schemas.ts';
import type { Services } from '../../common/services.ts';
import { readRegistered, type ReadVersion } from './checkVersion.ts';
import { digestOf } from './registration.ts';
import { otherVersions, type VersionFinding, maxWitnessLength } from './schemaSuccession.ts';
import { guardedComparisons } from '../../../../machine/guardedComparison.ts';
import type { Turn } from '../../../../machine/turns.ts';
import type { Surroundings } from '../../../../schemas/surroundings.ts';
import { defined } from '../../../../terms/defined.ts';

type Requested = components['schemas']['SchemaWaiverAsked'];

/** maximum number of rows of a dataset that an evidence run examines */
const maxExamined = 100_000;

/** @throws Problem waiver_idle: nothing is broken; waiver_not_restored: the text is not that of the version named */
export async function waiverOf(
  services: Services,
  read: ReadVersion,
  breaks: readonly VersionFinding[],
  { reason, restores }: Requested,
): Promise<SchemaWaiver> {
  if (restores !== undefined) checkRestored(read, restores);
  else if (breaks.length === 0) throw new Problem('waiver_idle', {}, { at: '/body/waiver' });
  return {
    reason,
    ...defined({ restores }),
    breaks: breaks.map(({ pointer, code, against }) => ({ pointer, code, against })),
    evidence: await evidenceFor(services, read),
  };
}

function checkRestored({ schema, rows }: ReadVersion, restores: string): void {
  const former = otherVersions(rows, schema).find(({ urn }) => urn === restores);
  if (former === undefined)
    throw new Problem(
      'unknown_reference',
      { kind: 'Schema', name: restores },
      { at: '/body/waiver/restores' },
    );
  const text = (document: JsonSchema): string => canonicalText({ ...document, $id: '' });
  if (text(JSON.parse(former.document) as JsonSchema) !== text(schema.document))
    throw new Problem('waiver_not_restored', { version: restores }, { at: '/body/waiver/restores' });
}

/** The result of checking the rows stored under other versions of its major against the version. */
async function evidenceFor(
  services: Services,
  { schema, rows, surroundings }: ReadVersion,
): Promise<Examined[]> {
  const { app } = services.database;
  const others = new Map(otherVersions(rows, schema).map((row) => [row.urn, row]));
  const under = compileSchema(schema, surroundings);
  const evidence: Examined[] = [];
  for (const dataset of await listDatasets(app)) {
    const bound = others.get(dataset.schema);
    if (
      bound === undefined ||
      dataset.state === 'retired' ||
      dataset.mode === 'live' ||
      dataset.mode === 'events'
    )
      continue;
    const { schema: from } = await readRegistered(services, bound.document);
    const { batch, ...examined } = await examineStored(app, dataset, from, under, maxExamined);
    if (batch !== null) evidence.push(examined);
  }
  return evidence;
}

/** Digest of what persons agree to with a version: its text and its waiver. */
export const digestAgreed = ({ digest, waiver }: Pick<SchemaRow, 'digest' | 'waiver'>): string =>
  waiver === null ? digest : digestOf({ digest, waiver });

/**
 * Checks that a waiver still matches the current state.
 * @returns the facts for its entry
 * @throws Problem waiver_outgrown: it breaks something else by now, or more stored rows fail
 */
export async function stillWaived(
  services: Services,
  read: ReadVersion,
  waiver: SchemaWaiver,
  breaks: readonly VersionFinding[],
): Promise<ReturnType<typeof describedWaiver>> {
  const known = new Set(waiver.breaks.map(({ pointer, code, against }) => `${pointer} ${code} ${against}`));
  const further = breaks.some(({ pointer, code, against }) => !known.has(`${pointer} ${code} ${against}`));
  const evidence = await evidenceFor(services, read);
  if (further || outgrown(waiver.evidence, evidence))
    throw new Problem('waiver_outgrown', { what: `Schema ${read.schema.urn}` });
  return describedWaiver({ ...waiver, evidence });
}

/** The waiver as numbers. */
export const describedWaiver = ({ breaks, evidence }: SchemaWaiver) => ({
  waived: breaks.length,
  examined: evidence.reduce((sum, { rows }) => sum + rows, 0),
  failing: evidence.reduce((sum, { failing }) => sum + failing, 0),
});

interface WaiverWitness {
  /** urn of the version that it breaks */
  readonly against: string;
  /** JSON text of an invented record: valid under one of the two versions and not under the other */
  readonly witness: string;
}

/**
 * Records that show how a version breaks each version that it says it breaks. Each is invented from the two texts, never from stored rows.
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
    return text === undefined || against === undefined || text.length > maxWitnessLength
      ? []
      : [{ against, witness: text }];
  });
}
