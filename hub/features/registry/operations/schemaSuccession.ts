/** Checks that a version of a schema fulfils what the other versions of its major promise. */
import { breather } from '../../../../machine/yieldIfSlow.ts';
import { guardedComparisons } from '../../../../machine/guardedComparison.ts';
import type { Turn } from '../../../../machine/turns.ts';
import type { DatasetSchema, JsonSchema } from '../../../../schemas/datasetSchema.ts';
import type { Comparison } from '../../../../schemas/subset/comparison.ts';
import { likeness } from '../../../../schemas/likeness.ts';
import { OutOfTime, TooComplex } from '../../../../schemas/subset/judge.ts';
import { placesOf } from '../../../../schemas/subset/places.ts';
import { changesAt, needsOfficer, type PolicyChange } from '../../../../schemas/subset/policyChanges.ts';
import { reasonFor } from '../../../../schemas/subset/reasons.ts';
import type { Surroundings } from '../../../../schemas/surroundings.ts';
import { Problem } from '../../../../terms/problem.ts';
import { waivedBetween } from '../../../domain/schemaVersion.ts';
import type { Compatibility, SchemaRow } from '../../../registry/store/schemas.ts';

/** maximum number of differences reported of one version: a longer reply is not readable and delays other calls */
const maxFindings = 5_000;
/** milliseconds of wall-clock time after which the comparison of a version is refused */
const maxComparisonMs = 10_000;

/** maximum length of a counter-example that is shown, in characters */
export const maxWitnessLength = 4000;

/** A difference between two versions, as it is returned. */
export interface VersionFinding {
  /** place in the text */
  readonly pointer: string;
  readonly code: string;
  /** urn of the version compared with */
  readonly against: string;
  readonly message: PolicyChange['reason'];
}

/** Published versions of the same name, oldest first. */
export const versionsOf = (rows: readonly SchemaRow[], { name, urn }: DatasetSchema): SchemaRow[] =>
  rows.filter((row) => row.name === name && row.urn !== urn);

/** The versions of its major that it is compared with. */
export const otherVersions = (rows: readonly SchemaRow[], schema: DatasetSchema): SchemaRow[] =>
  versionsOf(rows, schema).filter(({ major }) => major === schema.major);

/** The version that people would compare it with: the last one before it. */
export const versionBefore = (rows: readonly SchemaRow[], schema: DatasetSchema): SchemaRow | undefined =>
  versionsOf(rows, schema)
    .filter(({ major, minor }) => major < schema.major || (major === schema.major && minor < schema.minor))
    .at(-1);

/**
 * Compares a version with every published version of its major (transitive). A version that comes late is compared with the later ones in
 * the same way. A new major need not be compatible with any version, but the meaning of its fields is compared. Each field is compared
 * with the last earlier version that had it. A field left out for a version must not return as another one. If a version between two
 * others broke something knowingly, the later version is not reported for it again.
 * @param waives whether it may break earlier versions, which is then returned and not refused
 * @throws Problem schema_same: it equals the version before it; schema_incompatible, whose findings state what, where, against which
 *   version, and hold a record that shows it
 */
export async function checkSuccession(
  turn: Turn,
  schema: DatasetSchema,
  rows: readonly SchemaRow[],
  surroundings: Surroundings,
  mode: Compatibility,
  waives: boolean,
): Promise<Succession> {
  const others = otherVersions(rows, schema);
  const last = versionBefore(others, schema);
  if (last?.state === 'published' && likeness(JSON.parse(last.document), schema.document) === 'same')
    throw new Problem(
      'schema_same',
      { what: `Schema ${schema.urn}`, before: last.urn },
      { at: '/body/document' },
    );
  const pairs = others.map((row) => {
    const other = JSON.parse(row.document) as JsonSchema;
    return row.minor < schema.minor
      ? { old: other, fresh: schema.document }
      : { old: schema.document, fresh: other };
  });
  const comparisons = await guardedComparisons(turn, pairs, mode, surroundings);
  const waivers = others.map((row) => ({ minor: row.minor, waived: row.waiver !== null }));
  const breaks: VersionFinding[] = [];
  const changed = comparisons.flatMap((comparison, index) => {
    const { urn: against = '', minor = 0 } = others[index] ?? {};
    const [older, newer] = minor < schema.minor ? [minor, schema.minor] : [schema.minor, minor];
    if (!comparison.compatible && !waivedBetween(older, newer, waivers)) {
      if (!waives || newer !== schema.minor) throw incompatible(comparison, against);
      breaks.push(...brokenBy(comparison).map((one) => findingOf(one, against)));
    }
    return comparison.policy.filter(needsOfficer).map((one) => findingOf(one, against));
  });
  const anew = await meaningSince(
    schema.document,
    { held: others, nearest: earlierMajors(rows, schema) },
    surroundings,
  );
  return { officer: [...changed, ...anew], breaks };
}

/** Nearest first. */
const earlierMajors = (rows: readonly SchemaRow[], schema: DatasetSchema): SchemaRow[] =>
  versionsOf(rows, schema)
    .filter(({ major }) => major < schema.major)
    .reverse();

/** What the security officer agrees to with a version: fields whose meaning differs from any version before it that had them. */
export async function meaningOf(
  schema: DatasetSchema,
  rows: readonly SchemaRow[],
  surroundings: Pick<Surroundings, 'resolve'>,
): Promise<readonly VersionFinding[]> {
  const before = otherVersions(rows, schema).filter(({ minor }) => minor < schema.minor);
  return meaningSince(schema.document, { each: before, nearest: earlierMajors(rows, schema) }, surroundings);
}

/** Versions that the places of a document are compared with. */
export interface Earlier {
  /** their fields are compared elsewhere: no finding is made for them */
  readonly held?: readonly SchemaRow[];
  /** compared with every one that has the place */
  readonly each?: readonly SchemaRow[];
  /** where none of those has the place: compared with the first one that has it */
  readonly nearest?: readonly SchemaRow[];
  /** where none of those has the place: compared with every one that has it */
  readonly others?: readonly SchemaRow[];
}

/**
 * Differences in what a version's fields mean, found in one pass over all versions. A place that refers to a shared definition counts as
 * its own place, even where the same definition was compared elsewhere. A short text can describe many places, and each is compared with
 * every version. The loop yields to other work.
 * @throws Problem schema_incompatible: more places or differences than can be compared, or it takes too long
 */
export async function meaningSince(
  document: JsonSchema,
  { held = [], each = [], nearest = [], others = [] }: Earlier,
  { resolve }: Pick<Surroundings, 'resolve'>,
): Promise<readonly VersionFinding[]> {
  const rows = [...held, ...each, ...nearest, ...others];
  const found: VersionFinding[] = [];
  const breathe = breather();
  const until = performance.now() + maxComparisonMs;
  try {
    const documents = await documentsOf(rows, breathe);
    for (const place of placesOf([document, ...documents], resolve)) {
      await breathe();
      if (performance.now() > until) throw new OutOfTime();
      if (found.length > maxFindings) throw new TooComplex();
      if (place === undefined) continue;
      const { pointer, schemas } = place;
      const [fresh, ...otherSchemas] = schemas;
      if (fresh === undefined) continue;
      const having = (from: number, count: number): readonly (readonly [JsonSchema, string])[] =>
        otherSchemas
          .slice(from, from + count)
          .flatMap((old, nth) => (old === undefined ? [] : [[old, rows[from + nth]?.urn ?? ''] as const]));
      if (having(0, held.length).length > 0) continue;
      const strict = having(held.length, each.length);
      const near = having(held.length + each.length, nearest.length).slice(0, 1);
      const far = having(rows.length - others.length, others.length);
      for (const [old, urn] of strict.length > 0 ? strict : [...near, ...far])
        found.push(
          ...changesAt(pointer, old, fresh)
            .filter(needsOfficer)
            .map((one) => findingOf(one, urn)),
        );
    }
  } catch (error) {
    throw error instanceof TooComplex ? tooComplex(rows, error) : error;
  }
  return found;
}

async function documentsOf(
  rows: readonly SchemaRow[],
  breathe: ReturnType<typeof breather>,
): Promise<readonly JsonSchema[]> {
  const documents: JsonSchema[] = [];
  for (const row of rows) {
    documents.push(JSON.parse(row.document) as JsonSchema);
    await breathe();
  }
  return documents;
}

/** Refuses a version that is too complex to compare, so that no person approves unread changes. */
function tooComplex(rows: readonly SchemaRow[], cause: TooComplex): Problem {
  const [first] = rows;
  const against = first?.urn ?? '';
  const mode = first?.compatibility ?? 'BACKWARD';
  const finding = { path: '', code: 'too_complex', reason: reasonFor('too_complex', {}) };
  return new Problem(
    'schema_incompatible',
    { against, mode, at: '/' },
    { at: '/body/document', findings: [findingOf(finding, against)], cause },
  );
}

/** What a version changes apart from additions. */
export interface Succession {
  /** what changes the meaning of a field, or who may see it: the security officer has to agree */
  readonly officer: readonly VersionFinding[];
  /** what it breaks knowingly */
  readonly breaks: readonly VersionFinding[];
}

/** The changes that a version is refused for. */
const brokenBy = ({ changes, mode }: Comparison): Comparison['changes'] =>
  changes.filter(
    ({ backward, forward }) => (mode !== 'FORWARD' && !backward) || (mode !== 'BACKWARD' && !forward),
  );

function incompatible(comparison: Comparison, against: string): Problem {
  const { mode } = comparison;
  const broken = brokenBy(comparison);
  const path = broken[0]?.path ?? '';
  const witness = JSON.stringify(comparison.witness) as string | undefined;
  const shown = witness !== undefined && witness.length <= maxWitnessLength;
  return new Problem(
    'schema_incompatible',
    { against, mode, at: path === '' ? '/' : path },
    {
      at: `/body/document${path}`,
      findings: broken.map((one, index) => ({
        ...findingOf(one, against),
        // one record shows the whole comparison: it is attached to the first finding
        ...(index === 0 && shown ? { witness: comparison.witness } : {}),
      })),
    },
  );
}

const findingOf = (
  { path, code, reason }: Pick<PolicyChange, 'path' | 'reason'> & { readonly code: string },
  against: string,
): VersionFinding => ({ pointer: path, code, against, message: reason });
