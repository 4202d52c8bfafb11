import { guardedComparisons } from '../../../machine/guardedComparison.ts';
import type { JsonSchema } from '../../../schemas/datasetSchema.ts';
import { needsOfficer } from '../../../schemas/subset/policyChanges.ts';
import { Problem } from '../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { schemaByUrn } from '../../store/registry/schemas.ts';
import type { Services } from '../services.ts';
import { readRegistered } from './checkVersion.ts';
import { versionBefore, versionsOf } from './schemaSuccession.ts';
import { touchedAt } from './touched.ts';

/**
 * GET /v1/schemas/{schema}/impact: what changed since the version before, and whom each change touches. What is bound to any other version
 * of the name counts: that is what may come to this one.
 * @throws Problem not_found
 */
export async function showSchemaImpact(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const row = await schemaByUrn(services.database.app, call.params['schema'] ?? '');
  if (row === undefined) throw new Problem('not_found');
  const { schema, rows, surroundings } = await readRegistered(services, row.document);
  const before = versionBefore(rows, schema);
  const pairs =
    before === undefined ? [] : [{ old: JSON.parse(before.document) as JsonSchema, fresh: schema.document }];
  const [comparison] = await guardedComparisons(pairs, row.compatibility, surroundings);
  const of = [row.urn, ...versionsOf(rows, schema).map(({ urn }) => urn)];
  const touched = await touchedAt(services, of);
  const changes = [
    ...(comparison?.changes ?? []).map(({ path, code, backward, forward, reason }) => ({
      ...{ pointer: path, code, backward, forward, message: reason },
    })),
    ...(comparison?.policy ?? []).map((one) => ({
      ...{ pointer: one.path, code: one.code, backward: true, forward: true, message: one.reason },
      officer: needsOfficer(one),
    })),
  ];
  const { urn, state, compatibility, digest, author, approver, officer } = row;
  const body = {
    ...{ schema: urn, state, compatibility, digest, needsOfficer: row.needsOfficer },
    ...(before === undefined ? {} : { against: before.urn }),
    ...Object.fromEntries(Object.entries({ author, approver, officer }).filter(([, id]) => id !== null)),
    changes: changes.map((one) => ({ ...one, touches: touched(one.pointer) })),
    touches: touched(''),
  };
  return allowed(200, body, { facts: { change: { schema: urn } } });
}
