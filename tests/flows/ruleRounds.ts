/** What tests of rules over readings do: rounds of their job, and what the consumer receives. */
import assert from 'node:assert/strict';
import { evaluateRules } from '../../hub/features/events/jobs/evaluateRules.ts';
import { performAct } from '../../hub/platform/jobs/act.ts';
import type { JobResult } from '../../hub/platform/jobs/job.ts';
import { Noted } from '../../hub/platform/jobs/noted.ts';
import type { Registry } from '../../hub/registry/registry.ts';
import type { TestDatabase } from '../database.ts';
import { holdJob, type HeldJob } from '../holdJob.ts';
import type { TestHub } from '../hub.ts';
import type { AlarmsHub } from './alarmsHub.ts';

type Event = Readonly<Record<string, unknown>>;

export function ruleRounds(hub: TestHub, database: TestDatabase, { city, subscription }: AlarmsHub) {
  const { client: reader } = city.education;
  let cursor: string | undefined;

  /** Data of the events that the consumer has not received yet. */
  async function received(): Promise<readonly Event[]> {
    const { json } = await reader.events.pull(subscription, cursor === undefined ? {} : { after: cursor });
    cursor = json.next;
    return json.events.map(({ data }) => data);
  }
  const evaluate = async (): Promise<void> => assert.equal(await hub.hub.runner.run('evaluateRules'), 'ok');

  /** While this test has the job, as a process does that runs it. */
  const holding = <T>(work: (job: HeldJob) => Promise<T>): Promise<T> =>
    holdJob(database, 'evaluateRules', work);

  /** A round of the job as a process does it. @param fail where it ends: before its transaction, or before the commit; or what happens before its transaction */
  async function round(
    held: HeldJob,
    now: number,
    fail?: 'before' | 'within' | (() => Promise<void>),
    registry: Registry = hub.hub.services.registry,
  ): Promise<JobResult> {
    const { audit, keys } = hub.hub;
    const job = evaluateRules({
      database,
      registry,
      subjectKey: keys.subject,
      noted: { rules: new Noted() },
    });
    return job.run({
      now: () => now,
      state: null,
      signal: new AbortController().signal,
      act: async (facts) => {
        if (fail === 'before') throw new Error('killed');
        if (typeof fail === 'function') await fail();
        return performAct(audit, held, database.now(), {
          ...facts,
          work: async (transaction, exchange) => {
            await facts.work?.(transaction, exchange);
            if (fail === 'within') throw new Error('killed');
          },
        });
      },
    });
  }
  const run = (now: number, fail?: 'before' | 'within'): Promise<JobResult> =>
    holding((held) => round(held, now, fail));
  return { received, evaluate, holding, round, run };
}
