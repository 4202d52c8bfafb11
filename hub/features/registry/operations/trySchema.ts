import type { Turn } from '../../../../machine/turns.ts';
import type { components } from '../../../../api/openapi.ts';
import { Problem } from '../../../../terms/problem.ts';
import { allowed, type Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Services } from '../../common/services.ts';
import { changesSince } from './changesSince.ts';
import {
  checkVersion,
  modeOf,
  promisedMode,
  readVersion,
  type ReadVersion,
  readRegistered,
} from './checkVersion.ts';
import { ownerOfSchema } from './ownedBy.ts';
import { ownsSchema } from './schemaActingPersons.ts';
import { versionBefore, otherVersions, versionsOf } from './schemaSuccession.ts';
import { touchedAt } from './touched.ts';
import { everyone, seen } from '../../../domain/cells.ts';
import { self, ofDataset } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { guardedComparisons } from '../../../../machine/guardedComparison.ts';
import { compileSchema } from '../../../../schemas/compile.ts';
import type { DatasetSchema, JsonSchema } from '../../../../schemas/datasetSchema.ts';
import type { Comparison } from '../../../../schemas/subset/comparison.ts';
import type { PolicyChange } from '../../../../schemas/subset/policyChanges.ts';
import { readSchema } from '../../../../schemas/parse.ts';
import type { Resolve } from '../../../../schemas/references.ts';
import { layoutOf, type Column, type Layout } from '../../../domain/rowTable/layout.ts';
import { widening } from '../../../domain/rowTable/storable.ts';
import { publishedStates, waivedBetween } from '../../../domain/schemaVersion.ts';
import { examineStored } from '../../../flows/intake/inspect/examineStored.ts';
import { type DatasetRow, datasetById } from '../../../registry/store/datasets.ts';
import { schemaByUrn, type SchemaRow } from '../../../registry/store/schemas.ts';
import { unavailable } from '../../../registry/unavailable.ts';
import { defined, present } from '../../../../terms/defined.ts';
import { counted } from '../../../../terms/counted.ts';

type Tried = components['schemas']['SchemaTried'];
type Found = Tried['findings'][number];

/**
 * POST /v1/schemas/trials: runs the checks of registration on a text that is still being written. What registration would refuse is
 * returned as a result.
 * @throws Problem checks_busy
 */
export const trySchema = operation('trySchema', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, services) => {
    const { document, compatibility } = call.body;
    const facts = (schema?: string) => ({ facts: { change: { schema: schema ?? 'unread' } } });
    const turn = services.checks.of(call.caller.person);
    let read: ReadVersion;
    try {
      read = await readVersion(services, document, turn);
    } catch (error) {
      if (!(error instanceof Problem) || error.code === 'checks_busy') throw error;
      const refused: Tried = { ...refusalOf(error), changes: [], needsOfficer: false };
      return allowed<'trySchema'>(200, refused, facts());
    }
    const { schema, rows } = read;
    const mode = promisedMode(read) ?? compatibility ?? 'BACKWARD';
    const before = versionBefore(rows, schema);
    const changes = await changesSince(turn, before, read, mode);
    const tried: Tried = {
      ...(await refusedFor(services, read, compatibility, turn)),
      schema: schema.urn,
      compatibility: mode,
      ...defined({ against: before?.urn }),
      needsOfficer: changes.some(({ officer }) => officer === true),
      ...(await withTouched(call, services, read, changes)),
    };
    return allowed<'trySchema'>(200, tried, facts(schema.urn));
  },
});

async function refusedFor(
  services: Services,
  read: ReadVersion,
  wanted: Tried['compatibility'],
  turn: Turn,
): Promise<Pick<Tried, 'ok' | 'code' | 'findings'>> {
  try {
    await checkVersion(services, read, modeOf(read, wanted), turn, false);
    return { ok: true, findings: [] };
  } catch (error) {
    if (error instanceof Problem && error.code !== 'checks_busy') return refusalOf(error);
    throw error;
  }
}

/** Adds the parties that each change affects, for persons of the owner and of the data office. Others see only the changes. */
async function withTouched(
  { caller }: Call<StaffCaller>,
  services: Services,
  { schema, rows }: ReadVersion,
  changes: Tried['changes'],
): Promise<Pick<Tried, 'changes' | 'touches'>> {
  const others = versionsOf(rows, schema);
  const owner = (await ownerOfSchema(services, schema.name, undefined, caller)) ?? null;
  if (others.length === 0 || !ownsSchema(caller.grants, owner, services.identity)) return { changes };
  const touched = await touchedAt(
    services,
    others.map(({ urn }) => urn),
  );
  return { changes: changes.map((one) => ({ ...one, touches: touched(one.pointer) })), touches: touched('') };
}

/** Findings of lint have a path, those of a comparison a pointer. A refusal without findings becomes one itself. */
function refusalOf({ code, text, extras }: Problem): Pick<Tried, 'ok' | 'code' | 'findings'> {
  const listed = (extras.findings ?? []) as readonly (Omit<Found, 'witness'> & {
    readonly path?: string;
    readonly witness?: unknown;
  })[];
  const findings = listed.map(({ code: one, message, mend, path, pointer, against, witness }): Found => ({
    code: one,
    message,
    pointer: pointer ?? path ?? '',
    ...defined({ mend, against }),
    ...(witness === undefined ? {} : { witness: JSON.stringify(witness) }),
  }));
  return { ok: false, code, findings: findings.length > 0 ? findings : [{ code, message: text }] };
}

/** With these changes a stored value would mean something else, or be found under another name. */
const meaning: readonly PolicyChange['code'][] = ['unit_changed', 'code_list_changed', 'semantic_changed'];

/** An obstacle that follows from columns, key and subject. */
interface Obstacle {
  readonly pointer: string;
  readonly code: string;
}

/**
 * Events are stored as JSON, without columns and key: an integer is a number. Their subjects are stored, and a filter compares decimals by
 * value and other texts by their characters.
 */
function eventObstacles(
  before: Layout,
  after: Layout,
  { unfit }: ReturnType<typeof widening>,
): readonly Obstacle[] {
  const isDecimal = ({ byField }: Layout, field: string): boolean => byField.get(field)?.decimal === true;
  return unfit.flatMap(({ field, code }) => {
    const isRetyped = code === 'column_retyped' && isDecimal(before, field) !== isDecimal(after, field);
    return isRetyped || code === 'subject_changed' ? [{ pointer: `/properties/${field}`, code }] : [];
  });
}

/** @param others versions of the name: one that was withdrawn left its columns in the tables */
function rowObstacles(
  { added, unfit }: ReturnType<typeof widening>,
  others: readonly SchemaRow[],
  resolve: Resolve,
): readonly Obstacle[] {
  const retyped = added.filter(({ field, kind }) =>
    others.some(({ document }) => {
      const { byField } = layoutOf(readSchema(JSON.parse(document) as JsonSchema, resolve));
      return (byField.get(field)?.kind ?? kind) !== kind;
    }),
  );
  return [...retyped.map(({ field }) => ({ field, code: 'column_retyped' })), ...unfit].map(
    ({ field, code }) => ({ pointer: `/properties/${field}`, code }),
  );
}

/**
 * Checks whether stored rows can be read under another version without conversion. If a version in between broke something knowingly,
 * every stored row is checked. A publisher may still write events for an earlier version: what breaks any of them is an obstacle.
 * @returns columns that the stored rows lack, and, where rows were checked, the batch that they belong to
 * @throws Problem rebind_unfit, checks_busy
 */
export async function rowsFit(
  turn: Turn,
  { database }: Services,
  row: DatasetRow,
  { schema: from, rows, surroundings }: Awaited<ReturnType<typeof readRegistered>>,
  to: DatasetSchema,
): Promise<{ readonly added: readonly Column[]; readonly examined: string | undefined }> {
  const facts = { dataset: row.id, schema: to.urn };
  if (from.major !== to.major)
    throw new Problem('rebind_unfit', facts, { findings: [{ pointer: to.urn, code: 'major_changed' }] });
  const pairs = [{ old: from.document, fresh: to.document }];
  const [comparison] = await guardedComparisons(turn, pairs, 'BACKWARD', surroundings);
  const { policy, changes } = comparison ?? unchanged;
  const changed = policy.filter(({ code }) => meaning.includes(code));
  const others = otherVersions(rows, from);
  const versions = others.map(({ minor, waiver }) => ({ minor, waived: waiver !== null }));
  const broken = changes.filter(({ backward }) => !backward);
  const hasRows = row.mode !== 'live' && row.mode !== 'events';
  const requested = broken.length > 0 && hasRows && waivedBetween(from.minor, to.minor, versions);
  const stored = requested
    ? await examineStored(database.app, row, from, compileSchema(to, surroundings))
    : undefined;
  const required = new Set(to.fields.filter((field) => field.required).map(({ name }) => name));
  const [before, after] = [layoutOf(from), layoutOf(to)];
  const widened = widening(before, after, required);
  const findings = [
    ...(row.mode === 'events'
      ? eventObstacles(before, after, widened)
      : rowObstacles(widened, others, surroundings.resolve)),
    ...[...changed, ...(requested ? [] : broken)].map(({ path, code, reason }) => ({
      pointer: path,
      code,
      message: reason,
    })),
    ...rowsFailing(stored?.problems),
  ];
  if (findings.length > 0) throw new Problem('rebind_unfit', facts, { findings });
  return { added: widened.added, examined: stored?.batch ?? undefined };
}

const unchanged: Pick<Comparison, 'policy' | 'changes'> = { policy: [], changes: [] };

const rowsFailing = (problems: Examination['problems'] = []): readonly Obstacle[] =>
  problems.map(({ pointer, rule, rows }) => ({
    pointer,
    code: rule,
    message: {
      zh: `${rows} 行已存数据不符合`,
      en: `${counted(rows, 'stored row')} not valid under it`,
    },
  }));

type Examination = Awaited<ReturnType<typeof examineStored>>;

/** number of rows examined where none is given */
const usual = 100_000;

/**
 * GET /v1/datasets/{dataset}/examination: checks the stored rows against a schema version, with today's code lists. The version is the one
 * they are stored under, or another one of its name.
 * @throws Problem dataset_unknown, dataset_unavailable, unknown_reference (schema), dataset_live
 */
export const examineRows = operation('examineRows', {
  kind: 'inspect',
  permission: seen,
  owner: ofDataset,
  run: async (call, services) => {
    const { app } = services.database;
    const id = call.params.dataset;
    const row = await datasetById(app, id);
    if (row === undefined) throw new Problem('dataset_unknown', { dataset: id });
    if (row.state === 'retired') throw unavailable(row);
    const requested = call.query.schema ?? row.schema;
    const bound = await schemaByUrn(app, row.schema);
    const version = await schemaByUrn(app, requested);
    if (bound === undefined || version?.name !== bound.name || !publishedStates.includes(version.state))
      throw new Problem('unknown_reference', { kind: 'Schema', name: requested }, { at: '/query/schema' });
    const from = await readRegistered(services, bound.document);
    const to = await readRegistered(services, version.document);
    const { surroundings } = services.registry.current;
    const under = compileSchema(to.schema, { ...surroundings, resolve: to.surroundings.resolve });
    const maxRows = Number(call.query.limit ?? usual);
    const { batch, ...examined } = await examineStored(app, row, from.schema, under, maxRows);
    const body = { ...examined, schema: requested, ...present({ batch }) };
    const { rows, failing } = examined;
    return allowed<'examineRows'>(200, body, {
      facts: { dataset: id, change: { schema: requested, rows, failing } },
    });
  },
});
