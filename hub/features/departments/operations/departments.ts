import { digestOf } from '../../registry/operations/registration.ts';
import { allowed } from '../../../pipeline/call.ts';
import { registerDepartment as act } from '../../../identity/enrolment/registerDepartment.ts';
import { own, everyone } from '../../../domain/cells.ts';
import { ofOffice, self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { pageDepartments } from '../../../identity/store/departments.ts';
import { newestCertificates, type NewestCertificate } from '../../../identity/store/certificates.ts';
import { listedInOrder, moment, names, oneMore, orderedPage } from '../../common/listing.ts';
import { reachOf } from '../../common/reach.ts';
import { listCertificates } from './listCertificates.ts';
import { present } from '../../../../terms/defined.ts';

/** @throws Problem department_exists, department_unknown, department_invalid */
export const registerDepartment = operation('registerDepartment', {
  kind: 'management',
  permission: { operator: own },
  owner: ofOffice,
  run: async (call, { identity }) => {
    const body = call.body;
    const prepared = await identity.prepare(act, body, call);
    const changed = !prepared.reply.unchanged;
    const reply = { kind: 'Department', id: prepared.reply.code, changed, digest: digestOf(body) };
    return allowed<'registerDepartment'>(changed ? 201 : 200, reply, {
      facts: { change: { ...prepared.change, changed } },
      work: prepared.work,
      bumpsEpoch: prepared.bumpsEpoch,
    });
  },
});

const day = 86_400_000;

/**
 * GET /v1/departments: returns the participating departments. Public to all callers; the certificate expiry is shown to staff who may read
 * certificates.
 */
export const listDepartments = operation('listDepartments', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const { kind, parent } = call.query;
    const page = orderedPage(call.query, names.code);
    const found = await pageDepartments(database.app, { ...oneMore(page), kind, parent });
    const reach = reachOf(listCertificates.permission, call.caller);
    const readable = found.rows
      .map(({ code }) => code)
      .filter((code) => reach === undefined || reach.includes(code));
    const certificates = await newestCertificates(database.app, readable, call.now);
    return listedInOrder(
      call,
      'departments',
      page,
      found,
      ({ code }) => code,
      (row) => ({
        code: row.code,
        name: { zh: row.nameZh, en: row.nameEn },
        kind: row.kind,
        ...present({ principal: row.principal, parent: row.parent, level: row.level, region: row.region }),
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
