import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { schemaByUrn } from '../../../registry/store/schemas.ts';
import { changesSince } from './changesSince.ts';
import { readRegistered } from './checkVersion.ts';
import { meaningOf, versionBefore, versionsOf } from './schemaSuccession.ts';
import { digestAgreed, waiverWitnesses } from './schemaWaiver.ts';
import { touchedAt } from './touched.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { seen } from '../../../domain/cells.ts';
import { ofSchema } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { defined } from '../../../../terms/defined.ts';

/**
 * GET /v1/schemas/{schema}/impact: the changes since the version before, and the parties that each affects. Everything bound to any other
 * version of the name counts, because it may move to this one.
 * @throws Problem not_found, checks_busy
 */
export const showSchemaImpact = operation('showSchemaImpact', {
  kind: 'inspect',
  permission: seen,
  owner: ofSchema,
  run: async (call, services) => {
    const row = await schemaByUrn(services.database.app, call.params.schema);
    if (row === undefined) throw new Problem('not_found');
    const { schema, rows, surroundings } = await readRegistered(services, row.document);
    const before = versionBefore(rows, schema);
    const of = [row.urn, ...versionsOf(rows, schema).map(({ urn }) => urn)];
    const touched = await touchedAt(services, of);
    const turn = services.checks.of(call.caller.person);
    const changes = await changesSince(turn, before, { schema, surroundings }, row.compatibility);
    const known = new Set(changes.map(({ pointer, code }) => `${pointer} ${code}`));
    // fields that an earlier version had and the previous one left out
    const earlier = (await meaningOf(schema, rows, surroundings)).flatMap((one) => {
      const name = `${one.pointer} ${one.code}`;
      if (known.has(name)) return [];
      known.add(name);
      return [{ ...one, backward: true, forward: true, officer: true }];
    });
    const { urn, state, compatibility, author, approver, officer, waiver } = row;
    const witnesses = await waiverWitnesses(turn, row, schema, rows, surroundings);
    const body = {
      schema: urn,
      state,
      compatibility,
      digest: digestAgreed(row),
      needsOfficer: row.needsOfficer,
      ...(waiver === null ? {} : { waiver, witnesses }),
      ...defined({ against: before?.urn }),
      ...Object.fromEntries(Object.entries({ author, approver, officer }).filter(([, id]) => id !== null)),
      ...namesOfIds(services.identity, { author, approver, officer }),
      changes: [...changes, ...earlier].map((one) => ({ ...one, touches: touched(one.pointer) })),
      touches: touched(''),
    };
    return allowed<'showSchemaImpact'>(200, body, { facts: { change: { schema: urn } } });
  },
});
