import type { components } from '../../../../api/openapi.ts';
import { allowed } from '../../../pipeline/call.ts';
import { examineImport } from './examineImport.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

type Tried = components['schemas']['CatalogueImportTried'];

/** POST /v1/catalogue/imports/trials: what importing would do with each entry; nothing is kept. @throws Problem department_unknown */
export const tryCatalogueImport = operation('tryCatalogueImport', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, services) => {
    const body = call.body;
    const entries = (await examineImport(body, services)).map((one): Tried['entries'][number] =>
      one.outcome === 'refused'
        ? {
            ...{ entry: one.entry, outcome: one.outcome },
            ...{ code: one.problem.code, message: one.problem.text, next: one.problem.next },
          }
        : {
            ...{ entry: one.entry, outcome: one.outcome, revision: one.row.revision },
            ...(one.outcome === 'changed' ? { changes: [...one.changes] } : {}),
          },
    );
    const refused = entries.filter(({ outcome }) => outcome === 'refused').length;
    const tried: Tried = { department: body.department, ok: refused === 0, entries };
    return allowed<'tryCatalogueImport'>(200, tried, {
      facts: { change: { department: body.department, entries: entries.length, refused } },
    });
  },
});
