import { documentsSchema } from '../../../../machine/documentsSchema.ts';
import { operation } from '../../common/operation.ts';

/** GET /.well-known/datong-documents: what editors complete and check YAML files by. Public: leaves no entry. */
export const getDocumentsSchema = operation('getDocumentsSchema', {
  kind: 'none',
  run: (_call, _services) => {
    return {
      entry: 'none',
      status: 200,
      contentType: 'application/schema+json',
      body: Buffer.from(documentsSchema()),
    };
  },
});
