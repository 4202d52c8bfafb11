import { documentsSchema } from '../../../machine/documentsSchema.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';

/** GET /.well-known/datong-documents: what editors complete and check YAML files by. Public: leaves no entry. */
export function getDocumentsSchema(_call: Call, _services: Services): Outcome {
  return {
    entry: 'none',
    status: 200,
    contentType: 'application/schema+json',
    body: Buffer.from(documentsSchema()),
  };
}
