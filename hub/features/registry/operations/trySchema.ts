import type { Turn } from '../../../../machine/turns.ts';
import type { components } from '../../../../api/openapi.ts';
import { Problem } from '../../../../terms/problem.ts';
import { allowed, type Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Services } from '../../common/services.ts';
import { changesSince } from './changesSince.ts';
import { checkVersion, readVersion, type ReadVersion } from './checkVersion.ts';
import { ownerOfSchema } from './ownedBy.ts';
import { ownsSchema } from './schemaHands.ts';
import { versionBefore, versionsBeside, versionsOf } from './schemaSuccession.ts';
import { touchedAt } from './touched.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

type Tried = components['schemas']['SchemaTried'];
type Found = Tried['findings'][number];

/** POST /v1/schemas/trials: the checks of registering, over a text that is still being written. A refusal of them is an answer here. @throws Problem checks_busy */
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
    const mode = versionsBeside(rows, schema)[0]?.compatibility ?? compatibility ?? 'BACKWARD';
    const before = versionBefore(rows, schema);
    const changes = await changesSince(turn, before, read, mode);
    const tried: Tried = {
      ...(await refusedFor(services, read, mode, turn)),
      schema: schema.urn,
      ...(before === undefined ? {} : { against: before.urn }),
      needsOfficer: changes.some(({ officer }) => officer === true),
      ...(await withTouched(call, services, read, changes)),
    };
    return allowed<'trySchema'>(200, tried, facts(schema.urn));
  },
});

async function refusedFor(
  services: Services,
  read: ReadVersion,
  mode: components['schemas']['Compatibility'],
  turn: Turn,
): Promise<Pick<Tried, 'ok' | 'code' | 'findings'>> {
  try {
    await checkVersion(services, read, mode, turn, false);
    return { ok: true, findings: [] };
  } catch (error) {
    if (error instanceof Problem && error.code !== 'checks_busy') return refusalOf(error);
    throw error;
  }
}

/** Whom each change reaches, for persons of the owner and of the data office: others see the changes alone. */
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

/** Findings of lint have a path, those of a comparison a pointer; a refusal without any is one itself. */
function refusalOf({ code, text, extras }: Problem): Pick<Tried, 'ok' | 'code' | 'findings'> {
  const listed = (extras.findings ?? []) as readonly (Omit<Found, 'witness'> & {
    readonly path?: string;
    readonly witness?: unknown;
  })[];
  const findings = listed.map(({ code: one, message, mend, path, pointer, against, witness }): Found => ({
    ...{ code: one, message, pointer: pointer ?? path ?? '' },
    ...(mend === undefined ? {} : { mend }),
    ...(against === undefined ? {} : { against }),
    ...(witness === undefined ? {} : { witness: JSON.stringify(witness) }),
  }));
  return { ok: false, code, findings: findings.length > 0 ? findings : [{ code, message: text }] };
}
