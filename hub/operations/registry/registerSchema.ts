import type { components } from '../../../api/openapi.ts';
import { guardedLint } from '../../../machine/guardedLint.ts';
import type { Surroundings } from '../../../schemas/surroundings.ts';
import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import { lintCodes } from '../../../schemas/lint/lintCodes.ts';
import { walkSchema } from '../../../schemas/lint/walk.ts';
import { parseDatasetSchema, schemaInvalid } from '../../../schemas/parse.ts';
import { Problem } from '../../../terms/problem.ts';
import { insertSchema, listSchemas, lockSchemaName, schemaByUrn } from '../../store/registry/schemas.ts';
import { compileTogether } from '../../registry/compileTogether.ts';
import type { Services } from '../services.ts';
import { resolverOf } from '../../registry/registeredSchemas.ts';
import { checkAhead } from './checkAhead.ts';
import { ownerOfSchema } from './ownedBy.ts';
import type { Hands } from './registrar.ts';
import { registered } from './registration.ts';
import { checkSuccession, versionsBeside } from './schemaSuccession.ts';
import type { AllowedOutcome, Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';

/**
 * A steward's document is linted and compiled in a thread with a limit of time: none can hang or crash the hub. A version under which an
 * agreement in force would not compile is refused: else nobody's registries could be read again. So is one that breaks, or changes the
 * meaning of, another version of its major.
 * @throws Problem schema_invalid with the findings of lint, unknown_reference (x-source), version_exists, schema_incompatible,
 *   schema_meaning_changed, schema_overtaken, code_list_ahead, policy_does_not_compile
 */
export async function registerSchema(
  call: Call<StaffCaller>,
  services: Services,
  hands: Hands,
): Promise<AllowedOutcome> {
  const { database, registry } = services;
  const { document, owner: wanted } = call.body as components['schemas']['SchemaRegistration'];
  await registry.refresh();
  const rows = await listSchemas(database.app);
  const surroundings: Surroundings = { ...registry.current.surroundings, resolve: resolverOf(rows) };
  const findings = await guardedLint(document, surroundings);
  if (findings.length > 0) throw schemaInvalid(findings);
  const schema = parseDatasetSchema(document, surroundings);
  checkSources(schema, services.identity);
  const { urn, name, major, minor, digest } = schema;
  const known = await schemaByUrn(database.app, urn);
  const owner = await ownerOfSchema(services, name, wanted, call.caller);
  const beside = versionsBeside(rows, schema);
  if (known === undefined) {
    await checkSuccession(schema, beside, surroundings);
    await compileTogether(database.app, schema);
    await checkAhead(database, urn, (codeLists) => lintCodes(schema.document, codeLists));
  }
  return registered({
    kind: 'Schema',
    id: urn,
    digest,
    registered: known?.digest,
    versioned: true,
    work: async (transaction) => {
      await lockSchemaName(transaction, name);
      const now = versionsBeside(await listSchemas(transaction), schema);
      // another version came while this one was compared: it was not held against that one
      if (now.some((row) => !beside.some((compared) => compared.urn === row.urn)))
        throw new Problem('schema_overtaken', { what: urn });
      await insertSchema(
        transaction,
        {
          urn,
          name,
          major,
          minor,
          document: JSON.stringify(document),
          digest,
          state: 'published',
          owner: owner ?? null,
        },
        hands,
        call.exchange,
      );
    },
    change: { fields: schema.fields.length },
  });
}

/** 一数一源: the department that a field is said to come from is there. */
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
