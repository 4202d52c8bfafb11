import { createHash } from 'node:crypto';
import type { components } from '../../../../api/openapi.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { Problem } from '../../../../terms/problem.ts';
import { personIn } from '../../../identity/persons/personLifeCycle.ts';
import type { KnownPerson } from '../../../identity/persons/knownPersons.ts';
import { lasts } from '../../../domain/standIn.ts';
import { putStandIn, standInById, pageStandIns } from '../../../identity/store/standIns.ts';
import { ownerOf } from '../../../identity/owners.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import { proposing, own, seen } from '../../../domain/cells.ts';
import { anyOf, self } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import { listedInOrder, moment, names, oneMore, orderedPage } from '../../common/listing.ts';
import { reachOf, within } from '../../common/reach.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { operation } from '../../common/operation.ts';
import { present } from '../../../../terms/defined.ts';

/** Maximum number of days for which a deputy may be named at once. */
const maxDays = 366;
const dayLength = 86_400_000;

const unfit = (zh: string, en: string): Problem => {
  const reason: Bilingual = { zh, en };
  return new Problem('stand_in_unfit', { reason });
};

/**
 * Names a deputy or a permanent second of a steward, from the same place. A deputy (代办) acts until a day, and counts as one acting person with the
 * steward. A permanent second (AB角) is an independent reviewer until one of them ends it. A second person of the place accepts, who is not
 * the person named.
 * @throws Problem person_unknown, stand_in_unfit, four_eyes, already_registered
 */
export const nameStandIn = proposable('nameStandIn', {
  // who is a steward's deputy, and until when; ending it removes the right
  permission: { operator: proposing, 'office steward': proposing, steward: own, security: own },
  owner: (call) => anyOf(call.body.department),
  secondPerson: true,
  run: async (call, { database, identity }, { author, approver }) => {
    const body = call.body;
    const { as: kind, reason: why } = body;
    const place = ownerOf(identity, body.department) ?? null;
    const persons = { persons: new Map(identity.persons().map((one) => [one.id, one])) };
    const steward = personIn(persons, body.steward);
    const person = personIn(persons, body.person);
    refuseUnfit(steward, person, place, ownerOf(identity, person.department) ?? null);
    if (author === person.id || approver === person.id) throw new Problem('four_eyes');
    const { begins, until } = termOf(body, call.now);
    const id = `std-${createHash('sha256')
      .update([steward.id, person.id, place ?? '', kind].join(':'))
      .digest('hex')
      .slice(0, 16)}`;
    const known = await standInById(database.app, id);
    const digest = digestOf({ ...body, department: place });
    const isSame =
      known !== undefined && (lasts(known, call.now) || (!known.ended && known.begins > call.now));
    return registered({
      kind: 'StandIn',
      id,
      digest,
      registered: isSame ? known.digest : undefined,
      versioned: false,
      work: (transaction) =>
        putStandIn(
          transaction,
          {
            id,
            kind,
            steward: steward.id,
            person: person.id,
            department: place,
            begins,
            until,
            why,
            digest,
            author,
            approver: approver ?? author,
          },
          call.exchange,
        ),
      change: {
        as: kind,
        steward: steward.id,
        person: person.id,
        ...present({ department: place }),
        ...(until === null ? {} : { until: new Date(until).toISOString() }),
      },
    });
  },
});

function refuseUnfit(
  steward: KnownPerson,
  person: KnownPerson,
  place: string | null,
  worksAt: string | null,
): void {
  if (steward.id === person.id) throw unfit('不能由本人代办', 'a person cannot be their own deputy');
  const has = steward.grants.some(
    ({ role, department }) => role === 'steward' && (department ?? null) === place,
  );
  if (steward.state !== 'active' || !has)
    throw unfit(
      '被代办的人在该部门不是数据管理员',
      'the represented person is not a data steward of that department',
    );
  if (person.state !== 'active' || worksAt !== place)
    throw unfit('代办人不在该部门工作', 'the deputy does not work in that department');
  if (person.grants.some(({ role }) => role === 'operator' || role === 'auditor'))
    throw unfit('运维人员和审计员不得代办', 'an operator or auditor cannot be a deputy');
}

/** @throws Problem stand_in_unfit */
function termOf(
  { as: kind, from, until }: components['schemas']['StandInNamed'],
  now: number,
): { readonly begins: number; readonly until: number | null } {
  const begins = from === undefined ? now : Date.parse(from);
  if (kind === 'second') {
    if (until !== undefined) throw unfit('AB角不设截止时间', 'a permanent second has no end date');
    return { begins, until: null };
  }
  const end = Date.parse(until ?? '');
  if (!(end > now && end > begins && end - begins <= maxDays * dayLength))
    throw unfit(
      `代办应有截止时间，自起始时间起不超过 ${maxDays} 日，且尚未过去`,
      `a deputy has an end, not past and within ${maxDays} days of the beginning`,
    );
  return { begins, until: end };
}

const listStandInsPermission = seen;

/**
 * GET /v1/stand-ins: deputies and permanent seconds, in the caller's departments or, for the data office, everywhere. Ended ones are
 * omitted. The earliest named comes first, a page at a time.
 */
export const listStandIns = operation('listStandIns', {
  kind: 'inspect',
  permission: listStandInsPermission,
  owner: self,
  run: async (call, { database, identity }) => {
    const page = orderedPage(call.query, names.standIn);
    const { as: kind, department } = call.query;
    const departments = within(reachOf(listStandInsPermission, call.caller), department);
    const found = await pageStandIns(database.app, { ...oneMore(page), departments, kind, now: call.now });
    const called = new Map<string, string>(identity.persons().map(({ id, name }) => [id, name]));
    return listedInOrder(
      call,
      'standIns',
      page,
      found,
      ({ id }) => id,
      ({ id, kind: as, steward, person, department: place, begins, until, why, author, approver }) => ({
        id,
        as,
        steward,
        person,
        from: moment(begins),
        reason: why,
        author,
        approver,
        stewardName: called.get(steward) ?? '',
        personName: called.get(person) ?? '',
        ...namesOfIds(identity, { author, approver }),
        ...present({ department: place }),
        ...(until === null ? {} : { until: moment(until) }),
      }),
    );
  },
});
