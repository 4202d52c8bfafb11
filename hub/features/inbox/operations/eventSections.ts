import { defined } from '../../../../terms/defined.ts';
import { highestGrade } from '../../../domain/openEvent.ts';
import type { RoleGrant } from '../../../domain/permissions.ts';
import { ownerOf } from '../../../identity/owners.ts';
import { moment } from '../../common/listing.ts';
import { reachOf } from '../../common/reach.ts';
import type { Services } from '../../common/services.ts';
import { boardReaders } from '../../events/openEventView.ts';
import { usualRoles } from '../../events/plan.ts';
import { acknowledgementsOf } from '../../events/store/acknowledgements.ts';
import { escalationsOf, type EscalationRow } from '../../events/store/deadlines.ts';
import { pageOpenEvents, stepsOf } from '../../events/store/openEvents.ts';
import { plansOfEvents } from '../../events/store/plans.ts';
import { isDepartmentItself, type InboxViewer } from './viewer.ts';
import type { Undated } from './undated.ts';

type OpenEventItem = Undated<'events', 'overdue'>;

/** Open events that are read. */
const maxEvents = 1_000;

/**
 * Open events that wait for an acknowledgement which the viewer may give for their department, and missed deadlines that were escalated to
 * them: to a role of a department, as the response plan names it. A department's own address gets those of all its roles.
 */
export async function waitingEvents(
  { caller, now }: InboxViewer,
  { database, identity }: Services,
): Promise<readonly OpenEventItem[]> {
  const departments = reachOf(boardReaders, caller);
  if (departments?.length === 0) return [];
  const page = { after: undefined, maxRows: maxEvents, state: 'open' as const, departments };
  const { rows } = await pageOpenEvents(database.app, page);
  if (rows.length === 0) return [];
  const byId = new Map(rows.map((row) => [row.id, row]));
  const ids = [...byId.keys()];
  const [steps, escalations, planOf, acknowledgements] = await Promise.all([
    stepsOf(database.app, ids),
    escalationsOf(database.app, ids),
    plansOfEvents(database.app, rows),
    acknowledgementsOf(database.app, ids),
  ]);
  const anyRole = isDepartmentItself(caller);
  const concerns = (department: string, roles: readonly string[]): boolean =>
    caller.grants.some(
      (grant: RoleGrant) =>
        grant.department === ownerOf(identity, department) && (anyRole || roles.includes(grant.role)),
    );
  const reached = new Map<string, EscalationRow>();
  for (const one of escalations)
    if (concerns(one.recipient, [one.role])) reached.set(`${one.event} ${one.step} ${one.department}`, one);
  return steps.flatMap(({ event, step, department, dueAt, answeredAt }): OpenEventItem[] => {
    const row = byId.get(event);
    const plan = row === undefined ? undefined : planOf(row);
    const planned = plan?.steps.find(({ id }) => id === step);
    if (row === undefined || plan === undefined || planned === undefined || answeredAt !== null) return [];
    const { title } = plan;
    const stated = acknowledgements.filter((one) => one.event === event && one.department === department);
    const item = {
      ...{ event, title, plan: row.plan, step, grade: planned.grade, department, deadline: moment(dueAt) },
      ...defined({ given: highestGrade(stated.map((one) => one.grade)) }),
    };
    const escalated = reached.get(`${event} ${step} ${department}`);
    return [
      ...(concerns(department, planned.roles ?? usualRoles)
        ? [{ ...item, as: 'acknowledger' as const, stage: 0, overdue: now > dueAt }]
        : []),
      ...(escalated === undefined
        ? []
        : [{ ...item, as: 'escalated' as const, stage: escalated.stage, overdue: true }]),
    ];
  });
}
