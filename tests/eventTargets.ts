import { readSamplePlan } from './samplePlan.ts';

interface Wanted {
  readonly path: string;
  readonly body?: object;
}

const openEvent = '/v1/open-events/01a1fdab-cf10-75cb-88ab-083f382da461';

/** Calls of plans and open events, for the test of roles. */
export const eventTargets = <T>(
  departmentsOnly: (wanted: (owner: string) => Wanted) => T,
  officeOnly: (wanted: Wanted) => T,
) => ({
  registerResponsePlan: departmentsOnly((owner) => ({
    path: '/v1/response-plans',
    body: { ...readSamplePlan(), id: `${owner}.none` },
  })),
  withdrawResponsePlan: departmentsOnly((owner) => ({
    path: `/v1/response-plans/${owner}.none/withdrawal`,
    body: { reason: 'test' },
  })),
  listResponsePlans: officeOnly({ path: '/v1/response-plans' }),
  listOpenEvents: officeOnly({ path: '/v1/open-events' }),
  followOpenEvents: officeOnly({ path: '/v1/open-event-changes?seconds=1' }),
  showOpenEvent: officeOnly({ path: openEvent }),
  acknowledgeEvent: officeOnly({ path: `${openEvent}/acknowledgements`, body: { grade: 'done' } }),
  archiveEvent: officeOnly({ path: `${openEvent}/archive` }),
  closeEvent: officeOnly({ path: `${openEvent}/closure` }),
});
