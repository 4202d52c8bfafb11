import type { components } from '../../../api/openapi.ts';
import { guardedLint } from '../../../schemas/lint/guardedLint.ts';
import { parseDatasetSchema, schemaInvalid } from '../../../schemas/parse.ts';
import { insertSchema, listSchemas, schemaByUrn } from '../../store/schemas.ts';
import type { ManagedCall, ManagedOutcome } from '../managed.ts';
import { compileTogether } from '../policy/compileTogether.ts';
import type { Services } from '../services.ts';
import { resolverOf } from './registeredSchemas.ts';
import { registered } from './registration.ts';

/**
 * A steward's document is linted and compiled in a thread with a limit of time: none can hang or crash the hub. A version under which an
 * agreement in force would not compile is refused: else nobody's registries could be read again.
 * @throws Problem schema_invalid with the findings of lint, version_exists, policy_does_not_compile
 */
export async function registerSchema(call: ManagedCall, { database }: Services): Promise<ManagedOutcome> {
  const { document } = call.body as components['schemas']['SchemaRegistration'];
  const resolve = resolverOf(await listSchemas(database.app));
  const findings = await guardedLint(document, resolve);
  if (findings.length > 0) throw schemaInvalid(findings);
  const schema = parseDatasetSchema(document, resolve);
  const { urn, name, major, minor, digest } = schema;
  const known = await schemaByUrn(database.app, urn);
  if (known === undefined) await compileTogether(database.app, { schema });
  return registered({
    kind: 'Schema',
    id: urn,
    digest,
    registered: known?.digest,
    versioned: true,
    work: (transaction) =>
      insertSchema(
        transaction,
        { urn, name, major, minor, document: JSON.stringify(document), digest, state: 'published' },
        call.exchange,
      ),
    change: { fields: schema.fields.length },
  });
}
