import type { components } from '../../../../api/openapi.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { riskRules } from '../../../domain/risks/risk.ts';
import {
  type RiskRow,
  acknowledgeRisk as acknowledge,
  escalateRisk as escalate,
  riskById,
} from '../store/risks.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import type { Services } from '../../common/services.ts';
import { verdictOf, type Owner, type Permission } from '../../../domain/permissions.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { isSamePerson } from '../../../domain/standIn.ts';
import type { StateWord } from '../../../../terms/factWords.ts';
import { Problem } from '../../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../../pipeline/call.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { ofRisk } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { present } from '../../../../terms/defined.ts';

/** Persons of the data office read all findings, those of a department read what it provided or received. */
export const riskReaders: Permission = {
  'office auditor': everywhere,
  'office security': everywhere,
  auditor: own,
  security: own,
};

/** A finding of the rules over the log: `Risk` of openapi.yaml. It names no person whose data were read. @param now Unix milliseconds */
export function riskView(
  row: RiskRow,
  now: number,
  identity: Services['identity'],
): components['schemas']['Risk'] {
  const { id, rule, day, consumer, official, departments, count, limit, entries, due, exchange } = row;
  const { zh, en } = riskRules[rule];
  const today = dayInChina(now);
  return {
    id,
    rule,
    day,
    count,
    limit,
    due,
    exchange,
    message: { zh, en },
    departments: [...departments],
    entries: [...entries],
    found: new Date(row.foundAt).toISOString(),
    state: row.state,
    overdue: row.state !== 'acknowledged' && due < today,
    ...present({
      consumer,
      official,
      person: row.person,
      escalatedBy: row.escalatedBy,
      escalation: row.escalation,
      acknowledgedBy: row.acknowledgedBy,
    }),
    ...namesOfIds(identity, {
      person: row.person,
      escalatedBy: row.escalatedBy,
      acknowledgedBy: row.acknowledgedBy,
    }),
    ...present({ acknowledgement: row.acknowledgement }),
  };
}

/** Departments whose findings a person may act on; undefined: all. */
export function riskPlaces(
  { grants }: StaffCaller,
  { identity }: Pick<Services, 'identity'>,
  permission: Permission,
): readonly string[] | undefined {
  if (verdictOf(permission, grants, [undefined]) === 'act') return undefined;
  const place = (code: string): Owner => (identity.department(code)?.dataOffice === true ? undefined : code);
  return grants.flatMap(({ department }) =>
    department !== undefined && verdictOf(permission, grants, [place(department)]) === 'act'
      ? [department]
      : [],
  );
}

/**
 * Records a person's decision on a finding. Its rows change in the transaction of the entry that holds the reason.
 * @throws Problem not_found, four_eyes, transition_not_allowed
 */
export async function decideRisk(
  call: Call<StaffCaller, 'acknowledgeRisk' | 'escalateRisk'>,
  { database, identity }: Services,
  act: 'acknowledge' | 'escalate',
): Promise<Outcome> {
  const { reason } = call.body;
  const id = call.params.risk;
  const row = await riskById(database.app, id);
  if (row === undefined) throw new Problem('not_found');
  const by = call.caller.person;
  const own = [row.escalatedBy, row.person].some((one) => isSamePerson(call.caller, one));
  if (act === 'acknowledge' && own) throw new Problem('four_eyes');
  const refused = (state: StateWord): Problem =>
    new Problem('transition_not_allowed', { what: `finding ${id}`, state, act });
  if (row.state === 'acknowledged' || (act === 'escalate' && row.state !== 'open')) throw refused(row.state);
  const decided =
    act === 'acknowledge'
      ? { ...row, state: 'acknowledged' as const, acknowledgedBy: by, acknowledgement: reason }
      : { ...row, state: 'escalated' as const, escalatedBy: by, escalation: reason };
  return allowed<'acknowledgeRisk' | 'escalateRisk'>(200, riskView(decided, call.now, identity), {
    facts: {
      ...present({ consumer: row.consumer }),
      change: { risk: id, rule: row.rule, day: row.day, act, reason },
    },
    work: async (transaction) => {
      const done = await (act === 'acknowledge' ? acknowledge : escalate)(transaction, { id, by, reason });
      if (!done) throw refused('answered');
    },
  });
}

/**
 * A person acknowledges a finding and states its cause. A finding that one person escalated must be acknowledged by another.
 * @throws Problem not_found, four_eyes, transition_not_allowed
 */
export const acknowledgeRisk = operation('acknowledgeRisk', {
  kind: 'management',
  permission: { 'office auditor': everywhere, 'office security': everywhere },
  owner: ofRisk,
  run: (call, services) => {
    return decideRisk(call, services, 'acknowledge');
  },
});
