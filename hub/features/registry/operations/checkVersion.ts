import { guardedLint } from '../../../../machine/guardedLint.ts';
import type { Turn } from '../../../../machine/turns.ts';
import type { DatasetSchema, JsonSchema } from '../../../../schemas/datasetSchema.ts';
import { lintCodes } from '../../../../schemas/lint/lintSchema.ts';
import { walkSchema } from '../../../../schemas/lint/walk.ts';
import { parseDatasetSchema, readSchema, schemaInvalid } from '../../../../schemas/parse.ts';
import type { Surroundings } from '../../../../schemas/surroundings.ts';
import { Problem } from '../../../../terms/problem.ts';
import { compileTogether } from '../../../registry/compileTogether.ts';
import { resolverOf } from '../../../registry/registeredSchemas.ts';
import { listSchemas, type Compatibility, type SchemaRow } from '../../../registry/store/schemas.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Services } from '../../common/services.ts';
import { checkAhead } from './checkAhead.ts';
import {
  checkSuccession,
  otherVersions,
  versionsOf,
  type Succession,
  type VersionFinding,
} from './schemaSuccession.ts';
import { touchedAt } from './touched.ts';

/** A version as it was read, with the published versions. */
export interface ReadVersion {
  readonly schema: DatasetSchema;
  /** every published version of any name */
  readonly rows: readonly SchemaRow[];
  readonly surroundings: Surroundings;
}

/**
 * Lints and compiles a steward's document in a thread with a time limit. A document cannot hang or crash the hub.
 * @throws Problem schema_invalid with the findings of lint, unknown_reference (x-source), checks_busy
 */
export async function readVersion(services: Services, document: unknown, turn: Turn): Promise<ReadVersion> {
  const around = await surroundingsNow(services);
  const findings = await guardedLint(turn, document, around.surroundings);
  if (findings.length > 0) throw schemaInvalid(findings);
  const schema = parseDatasetSchema(document, around.surroundings);
  checkSources(schema, services.identity);
  return { schema, ...around };
}

/** Reads a version that passed when it was registered. @throws Problem schema_invalid: it refers to something that no longer exists */
export async function readRegistered(services: Services, document: string): Promise<ReadVersion> {
  const around = await surroundingsNow(services);
  return { schema: readSchema(JSON.parse(document) as JsonSchema, around.surroundings.resolve), ...around };
}

async function surroundingsNow({ database, registry }: Services): Promise<Omit<ReadVersion, 'schema'>> {
  await registry.refresh();
  const rows = await listSchemas(database.app);
  return { rows, surroundings: { ...registry.current.surroundings, resolve: resolverOf(rows) } };
}

/** The compatibility that the versions of a major promise: its first version sets it. Undefined for a first version. */
export const promisedMode = ({ schema, rows }: ReadVersion): Compatibility | undefined =>
  otherVersions(rows, schema)[0]?.compatibility;

/** @throws Problem compatibility_fixed where another one is wanted than the versions of the major promise */
export function modeOf(read: ReadVersion, wanted: Compatibility | undefined): Compatibility {
  const fixed = promisedMode(read);
  if (fixed !== undefined && wanted !== undefined && fixed !== wanted)
    throw new Problem('compatibility_fixed', { mode: fixed }, { at: '/body/compatibility' });
  return fixed ?? wanted ?? 'BACKWARD';
}

/**
 * Checks that a version may be published now. It is refused if an agreement in force would not compile under it, because then the
 * registries could not be read again. It is also refused if it breaks another version of its major.
 * @param shown whether a refusal names who would be affected: true for persons of the owner
 * @param waives whether it may break earlier versions of its major, which is then returned and not refused
 * @throws Problem schema_incompatible, policy_does_not_compile, code_list_ahead, checks_busy
 */
export async function checkVersion(
  services: Services,
  { schema, rows, surroundings }: ReadVersion,
  mode: Compatibility,
  turn: Turn,
  shown: boolean,
  waives = false,
): Promise<Succession> {
  const { database } = services;
  try {
    const faults = lintCodes(schema.document, surroundings.codeLists);
    if (faults.length > 0) throw schemaInvalid(faults);
    const changed = await checkSuccession(turn, schema, rows, surroundings, mode, waives);
    await compileTogether(services.registry.current, { schema });
    await checkAhead(database, `Schema ${schema.urn}`, (codeLists) => lintCodes(schema.document, codeLists));
    return changed;
  } catch (error) {
    if (shown && error instanceof Problem && error.code === 'schema_incompatible')
      throw await withTouched(services, error, versionsOf(rows, schema));
    throw error;
  }
}

/** Adds to a refusal the parties that the change would break. */
async function withTouched(
  services: Services,
  { code, facts, extras }: Problem,
  rows: readonly SchemaRow[],
): Promise<Problem> {
  const touched = await touchedAt(
    services,
    rows.map(({ urn }) => urn),
  );
  const findings = (extras.findings as readonly VersionFinding[]).map((one) => ({
    ...one,
    touches: touched(one.pointer),
  }));
  return new Problem(code, facts, { ...extras, findings });
}

/** @throws Problem schema_overtaken: another version was published, and this one was not compared with it */
export async function refuseOvertaken(
  transaction: Reader,
  { schema, rows }: Pick<ReadVersion, 'schema' | 'rows'>,
): Promise<void> {
  const compared = new Set(versionsOf(rows, schema).map(({ urn }) => urn));
  const now = versionsOf(await listSchemas(transaction), schema);
  if (now.some(({ urn }) => !compared.has(urn)))
    throw new Problem('schema_overtaken', { what: `Schema ${schema.urn}` });
}

/** 一数一源: checks that the department named as the source of a field exists. */
function checkSources({ document }: DatasetSchema, identity: Services['identity']): void {
  for (const { schema, pointer } of walkSchema(document)) {
    const source = schema['x-source'];
    if (typeof source !== 'string' || identity.department(source) !== undefined) continue;
    throw new Problem(
      'unknown_reference',
      { kind: 'Department', name: source },
      { at: `/body/document${pointer}/x-source` },
    );
  }
}
