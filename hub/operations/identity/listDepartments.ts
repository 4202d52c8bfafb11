import { type Call, type Outcome } from '../../gate/call.ts';
import { pageDepartments } from '../../store/identity/pageDepartments.ts';
import { listed, moment, names, oneMore, pageAsked } from '../reading/listing.ts';
import type { Reading } from '../reading/reach.ts';
import type { Services } from '../services.ts';

/** GET /v1/departments: who exchanges here. Everybody may know. */
export async function listDepartments(call: Call<Reading>, { database }: Services): Promise<Outcome> {
  const { kind, parent } = call.query;
  const page = pageAsked(call.query, names.code);
  const rows = await pageDepartments(database.app, { ...oneMore(page), kind, parent });
  return listed(
    'departments',
    page,
    rows,
    ({ code }) => code,
    (row) => ({
      code: row.code,
      name: { zh: row.nameZh, en: row.nameEn },
      kind: row.kind,
      ...(row.principal === null ? {} : { principal: row.principal }),
      ...(row.parent === null ? {} : { parent: row.parent }),
      ...(row.level === null ? {} : { level: row.level }),
      ...(row.region === null ? {} : { region: row.region }),
      dataOffice: row.dataOffice,
      registeredAt: moment(row.registeredAt),
    }),
  );
}
