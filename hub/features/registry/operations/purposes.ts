import { Problem } from '../../../../terms/problem.ts';
import {
  insertPurpose,
  purposeByCode,
  type PurposeRow,
  pagePurposes,
} from '../../../registry/store/purposes.ts';
import { digestOf, registered } from './registration.ts';
import { proposing, everyone, everywhere, own } from '../../../domain/cells.ts';
import { ofOffice, self, anyOf } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import { listed, moment, names, oneMore, requestedPage } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';
import { createHash } from 'node:crypto';
import { insertNotice, noticesOf, type NoticeRow } from '../../consents/store/notices.ts';
import { present } from '../../../../terms/defined.ts';

/** @throws Problem unknown_reference (parent), already_registered */
export const registerPurpose = proposable('registerPurpose', {
  permission: { operator: proposing, 'office steward': proposing, steward: proposing },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, { database }, actingPersons) => {
    const { code, parent, title } = call.body;
    if (parent !== undefined && (await purposeByCode(database.app, parent)) === undefined) {
      throw new Problem('unknown_reference', { kind: 'Purpose', name: parent }, { at: '/body/parent' });
    }
    const row: PurposeRow = { code, parent: parent ?? null, titleZh: title.zh, titleEn: title.en };
    const known = await purposeByCode(database.app, code);
    return registered({
      kind: 'Purpose',
      id: code,
      digest: digestOf(row),
      registered: known === undefined ? undefined : digestOf(known),
      versioned: false,
      work: (transaction) => insertPurpose(transaction, row, actingPersons, call.exchange),
    });
  },
});

/** GET /v1/purposes */
export const listPurposes = operation('listPurposes', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const page = requestedPage(call.query, names.code);
    const rows = await pagePurposes(database.app, { ...oneMore(page), parent: call.query.parent });
    return listed(
      call,
      'purposes',
      page,
      rows,
      ({ code }) => code,
      ({ code, parent, titleZh, titleEn, registeredAt }) => ({
        code,
        ...present({ parent }),
        title: { zh: titleZh, en: titleEn },
        registeredAt: moment(registeredAt),
      }),
    );
  },
});

/**
 * Registers the notice that persons are shown before they consent, by its digest. A recipient of a department's data must declare the same
 * purposes for a text as that department.
 * @throws Problem unknown_reference, already_registered, notice_purposes_differ
 */
export const registerNotice = operation('registerNotice', {
  kind: 'management',
  permission: { operator: everywhere, 'office steward': own, steward: own },
  owner: (call) => anyOf(call.body.owner),
  run: async (call, { database, registry }) => {
    const notice = call.body;
    for (const purpose of notice.purposes) {
      if ((await purposeByCode(database.app, purpose)) === undefined) {
        throw new Problem('unknown_reference', { kind: 'Purpose', name: purpose }, { at: '/body/purposes' });
      }
    }
    const digest = createHash('sha256').update(notice.text, 'utf8').digest('hex');
    const row: NoticeRow = { ...notice, digest };
    const [known] = await noticesOf(database.app, digest, [row.owner]);
    const providers = registry.current.plans.all.flatMap(({ ref }) =>
      (ref.principal ?? ref.consumer) === row.owner ? [ref.provider] : [],
    );
    const givenNotice = (await noticesOf(database.app, digest, [...new Set(providers)])).find(
      ({ purposes }) => !isSameSet(purposes, row.purposes),
    );
    // a notice that is registered already is not checked again
    if (givenNotice !== undefined && (known === undefined || digestOf({ ...known }) !== digestOf(row)))
      throw new Problem(
        'notice_purposes_differ',
        { department: givenNotice.owner },
        { at: '/body/purposes' },
      );
    return registered({
      kind: 'Notice',
      id: notice.reference,
      digest: digestOf(row),
      registered: known === undefined ? undefined : digestOf({ ...known }),
      versioned: false,
      work: async (transaction) => {
        if (!(await insertNotice(transaction, row, call.exchange))) {
          throw new Problem('already_registered', { what: `Notice ${notice.reference}` });
        }
      },
      change: { notice: digest },
    });
  },
});

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((purpose) => other.includes(purpose));
