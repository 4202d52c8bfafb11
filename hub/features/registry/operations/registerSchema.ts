import { Problem } from '../../../../terms/problem.ts';
import { transition } from '../../../domain/lifeCycle.ts';
import { schemaVersionLife, type SchemaVersionState } from '../../../domain/schemaVersion.ts';
import {
  insertSchema,
  lockSchemaName,
  removeSchema,
  schemaByUrn,
  type SchemaRow,
} from '../../../registry/store/schemas.ts';
import { checkVersion, modeOf, readVersion, refuseOvertaken, type ReadVersion } from './checkVersion.ts';
import { ownerOfSchema } from './ownedBy.ts';
import { registered } from './registration.ts';
import { ownsSchema } from './schemaActingPersons.ts';
import { versionsOf } from './schemaSuccession.ts';
import { waiverOf, describedWaiver } from './schemaWaiver.ts';
import { proposing } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { schemaNameIn } from './ownedBy.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

/**
 * Registers a version of a schema, as a draft or submitted. The first version of a name affects no consumer and is published at once.
 * Every later one waits for a second person (decideSchema). The security officer must approve it too if it changes what a field means or
 * who may see it.
 * @throws Problem schema_invalid, unknown_reference (x-source), version_exists, schema_incompatible, compatibility_fixed,
 *   schema_overtaken, schema_in_review, code_list_ahead, policy_does_not_compile, waiver_idle, waiver_not_restored, checks_busy
 */
export const registerSchema = proposable('registerSchema', {
  permission: { operator: proposing, 'office steward': proposing, steward: proposing },
  owner: async (call, services) => {
    const { document, owner } = call.body;
    return anyOf(await ownerOfSchema(services, schemaNameIn(document), owner, call.caller));
  },
  run: async (call, services, actingPersons) => {
    const { app } = services.database;
    const { document, owner: wanted, draft = false, compatibility, waiver: requested } = call.body;
    const turn = services.checks.of(call.caller.person);
    const read = await readVersion(services, document, turn);
    const { urn, name, major, minor, digest } = read.schema;
    const known = await schemaByUrn(app, urn);
    const owner = (await ownerOfSchema(services, name, wanted, call.caller)) ?? null;
    refuseInReview(known, read);
    const replaces = replacedDraft(known, read, draft);
    const changes = known === undefined || replaces !== undefined;
    const mode = modeOf(read, compatibility);
    const shown = ownsSchema(call.caller.grants, owner, services.identity);
    const { officer, breaks } =
      draft || !changes
        ? unchecked
        : await checkVersion(services, read, mode, turn, shown, requested !== undefined);
    const waiver =
      requested === undefined || !changes ? null : await waiverOf(services, read, breaks, requested);
    const row = {
      urn,
      name,
      major,
      minor,
      digest,
      owner,
      ...actingPersons,
      document: JSON.stringify(document),
      compatibility: mode,
      needsSecond: versionsOf(read.rows, read.schema).length > 0,
      needsOfficer: officer.length > 0 || waiver !== null,
      waiver,
    };
    const state = changes ? (draft ? 'draft' : stateOf(row)) : known.state;
    return registered({
      kind: 'Schema',
      id: urn,
      digest,
      registered: replaces === undefined ? known?.digest : undefined,
      versioned: true,
      state,
      work: async (transaction) => {
        await lockSchemaName(transaction, name);
        await refuseOvertaken(transaction, read);
        if (
          replaces !== undefined &&
          !(await removeSchema(transaction, { ...replaces, urn, state: 'draft' }))
        )
          throw new Problem('schema_overtaken', { what: `Schema ${urn}` });
        await insertSchema(transaction, { ...row, state }, call.exchange);
      },
      change: { fields: read.schema.fields.length, ...(waiver === null ? {} : describedWaiver(waiver)) },
    });
  },
});

/** @throws Problem schema_in_review where another text of the version is being reviewed */
function refuseInReview(known: SchemaRow | undefined, { schema: { urn, digest } }: ReadVersion): void {
  if (known?.state === 'inReview' && known.digest !== digest)
    throw new Problem('schema_in_review', { what: `Schema ${urn}` });
}

/** The draft that is replaced; the same draft sent again replaces none. */
function replacedDraft(
  known: SchemaRow | undefined,
  { schema: { digest } }: ReadVersion,
  isDraft: boolean,
): SchemaRow | undefined {
  if (known?.state !== 'draft') return undefined;
  return isDraft && known.digest === digest ? undefined : known;
}

const unchecked = { officer: [], breaks: [] };

/** Submitted, or published if no approval is needed. */
function stateOf({
  urn,
  ...row
}: Pick<SchemaRow, 'urn' | 'needsSecond' | 'needsOfficer' | 'approver'>): SchemaVersionState {
  const submitted = transition(schemaVersionLife, `Schema ${urn}`, 'draft', 'submit');
  const waits = row.needsOfficer || (row.needsSecond && row.approver === null);
  return waits ? submitted : transition(schemaVersionLife, `Schema ${urn}`, submitted, 'publish');
}
