import { pageDepartments } from '../../../identity/store/pageDepartments.ts';
import { newestCertificates, type NewestCertificate } from '../../../identity/store/newestCertificates.ts';
import { listed, moment, names, oneMore, pageAsked } from '../../common/listing.ts';
import { reachOf } from '../../common/reach.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { listCertificates } from './listCertificates.ts';

const day = 86_400_000;

/** GET /v1/departments: who exchanges here. Everybody may know; until when its certificate lasts, whoever may read certificates. */
export const listDepartments = operation('listDepartments', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const { kind, parent } = call.query;
    const page = pageAsked(call.query, names.code);
    const rows = await pageDepartments(database.app, { ...oneMore(page), kind, parent });
    const reach = reachOf(listCertificates.permission, call.caller);
    const readable = rows
      .map(({ code }) => code)
      .filter((code) => reach === undefined || reach.includes(code));
    const certificates = await newestCertificates(database.app, readable, call.now);
    return listed(
      call,
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
        ...lasting(certificates.get(row.code), call.now),
      }),
    );
  },
});

const lasting = (one: NewestCertificate | undefined, now: number): object =>
  one === undefined
    ? {}
    : {
        certificate: {
          serial: one.serial,
          notAfter: moment(one.notAfter),
          daysLeft: Math.floor((one.notAfter - now) / day),
        },
      };
