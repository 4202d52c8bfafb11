import { readSamplePlan } from './samplePlan.ts';

interface Wanted {
  readonly path: string;
  readonly body?: object;
}

const openEvent = '/v1/open-events/01a1fdab-cf10-75cb-88ab-083f382da461';

const subscription = '/v1/subscriptions/01a20328-0104-7757-9e84-c346bc55b77b';

/** Calls of plans and open events, for the test of roles. */
export const eventTargets = <T>(
  departmentsOnly: (wanted: (owner: string) => Wanted) => T,
  officeOnly: (wanted: Wanted) => T,
) => ({
  registerResponsePlan: departmentsOnly((owner) => ({
    path: '/v1/response-plans',
    body: { ...readSamplePlan(), id: `${owner}.none` },
  })),
  tryResponsePlan: departmentsOnly((owner) => ({
    path: '/v1/response-plans/trials',
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
  watchEvents: officeOnly({ path: `${subscription}/live` }),
  changeSink: officeOnly({ path: `${subscription}/sink`, body: { act: 'pause' } }),
  rotateWebhookSecret: officeOnly({ path: `${subscription}/secret`, body: {} }),
  replayDeadLetters: officeOnly({ path: `${subscription}/dead-letters/replay`, body: {} }),
  closeEvent: officeOnly({ path: `${openEvent}/closure`, body: { code: 'ended', reason: 'test' } }),
});
