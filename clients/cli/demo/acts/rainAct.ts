/** Interlude, 联动: a warning of heavy rain reaches six departments, one misses its deadline, and the archive of the event verifies offline. */
import { setTimeout as sleep } from 'node:timers/promises';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatongClient } from '../../../sdk/datongClient.ts';
import type { EventArchive, OpenEvent } from '../../../sdk/events.ts';
import { bodyOf } from '../../approve/waiting.ts';
import { verifyFiles } from '../../audit/verifyFiles.ts';
import { openProfile } from '../../profile.ts';
import { exitCode, VerbFailure } from '../../verb.ts';
import { signerNamed } from '../agreements.ts';
import type { Narrator } from '../narrator.ts';
import { acceptProposal, sampleDocument, unexpected, type Stage } from '../stage.ts';

const publisher = 'meteorology';
const topic = 'meteorology.heavy-rain-warnings';
const warned = ['ecology', 'education', 'health', 'natural-resources', 'pub-security', 'transport'] as const;
/** The department that does not acknowledge. */
const silent = 'transport';
/** Seconds in which the plan of the demo demands acknowledgements; the sample demands them in ten minutes. */
const withinSeconds = 1;
/** What follows a missed deadline: the duty desk and the head of the department, then the command centre. */
const stages = [
  { afterSeconds: 0, role: 'clerk' },
  { afterSeconds: 1, role: 'leader' },
  { afterSeconds: 2, role: 'leader', department: 'data-office' },
] as const;
/** Milliseconds after the last stage until which its escalation must be on the board. */
const patience = 15_000;

interface Receiver {
  readonly client: DatongClient;
  readonly department: string;
  readonly subscription: string;
}

export async function rainAct(stage: Stage, narrator: Narrator): Promise<void> {
  narrator.act({
    zh: '幕间  联动：暴雨预警一秒送到六个部门，谁收到、谁逾期，有据可查',
    en: 'Interlude  A warning of heavy rain reaches six departments; who acknowledged and who is late is on record',
  });
  const clients: DatongClient[] = [];
  const opened = (name: string): DatongClient => {
    const client = DatongClient.fromProfile(openProfile({ as: name }));
    clients.push(client);
    return client;
  };
  try {
    const receivers = await narrator.step(
      () => prepared(stage, opened),
      (list) => ({
        zh: `气象局入网，登记主题；${list.length} 份共享协议由双方签署，${list.length} 个部门订阅；预案由气象局两人同意`,
        en: `Meteorology joins and registers a topic; ${list.length} agreements are signed by both sides, ${list.length} departments subscribe; two persons of Meteorology put a plan in force`,
      }),
    );
    const meteorology = opened(publisher);
    const event = await narrator.step(
      () => delivered(meteorology, receivers),
      () => ({
        zh: `红色暴雨预警发布，${warned.length} 个部门各自收到；值班电话没有授予，不在其中`,
        en: `a red warning is published and ${warned.length} departments have it, without the phone of the duty desk, which is not granted`,
      }),
    );
    await narrator.step(
      () => escalated(receivers, event, meteorology),
      ({ steps }) => ({
        zh: `${steps.filter(({ answeredAt }) => answeredAt !== undefined).length} 个部门按时确认；${silent} 逾期 → 枢纽按期逐级上报值班人员、部门负责人、指挥中心`,
        en: `${steps.filter(({ answeredAt }) => answeredAt !== undefined).length} departments acknowledge in time; ${silent} misses the deadline → escalated on time to its duty desk, its head and the command centre`,
      }),
    );
    await narrator.step(
      () => archived(stage, meteorology, event),
      ({ entries }) => ({
        zh: `事件关闭，归档为一个文件：${entries.length} 条日志条目及其证明，离线核验成立`,
        en: `the event is closed and archived as one file: ${entries.length} log entries with their proofs, verified offline`,
      }),
    );
  } finally {
    for (const client of clients) client.close();
  }
}

async function prepared(stage: Stage, opened: (name: string) => DatongClient): Promise<readonly Receiver[]> {
  await stage.admit('heavy-rain/department.yaml');
  await stage.apply('heavy-rain/topic.yaml');
  await stage.apply('heavy-rain/agreements.yaml', [publisher, ...warned].map(signerNamed));
  const steward = { role: 'steward', department: publisher };
  const author = await stage.admitPerson('forecaster', '云晴', steward);
  const second = await stage.admitPerson('chief-forecaster', '雷鸣', steward);
  const {
    kind: _,
    steps,
    ...plan
  } = sampleDocument('heavy-rain/plan.yaml') as Readonly<Record<string, unknown>> & {
    readonly steps: readonly object[];
  };
  const document = { ...plan, steps: steps.map((step) => ({ ...step, withinSeconds, escalations: stages })) };
  const { proposal } = bodyOf(await stage.operator.post('/v1/response-plans', document, author));
  await acceptProposal(stage.operator, proposal, second);
  return Promise.all(
    warned.map(async (department) => {
      const client = opened(department);
      const context = { purpose: 'public-service', agreement: `agr-heavy-rain-${department}` };
      return {
        client,
        department,
        subscription: (await client.events.subscribe({ topic }, context)).json.id,
      };
    }),
  );
}

/** @returns the id of the event */
async function delivered(meteorology: DatongClient, receivers: readonly Receiver[]): Promise<string> {
  // each waits for it, as datong event listen does
  const answers = receivers.map(({ client, subscription }) => client.events.pull(subscription, { wait: 10 }));
  const warning = {
    alert: 'YQ-2026-17',
    district: '990101',
    level: 'red',
    rainfall: 120,
    duty_phone: '0990-5550100',
  };
  await meteorology.events.publish(topic, [
    {
      specversion: '1.0',
      id: 'YQ-2026-17',
      source: 'forecast',
      type: 'meteorology.heavy-rain-warning',
      data: warning,
    },
  ]);
  const events = (await Promise.all(answers)).flatMap(({ json }) => json.events);
  const ids = new Set(events.map(({ id }) => id));
  const [event] = ids;
  if (events.length !== warned.length || ids.size !== 1 || event === undefined) throw unexpected();
  if (events.some(({ data }) => 'duty_phone' in data)) throw unexpected();
  return event;
}

/** Five departments acknowledge, and the hub escalates the silence of the sixth by itself. */
async function escalated(
  receivers: readonly Receiver[],
  event: string,
  meteorology: DatongClient,
): Promise<OpenEvent> {
  const punctual = receivers.filter(({ department }) => department !== silent);
  await Promise.all(punctual.map(({ client }) => client.events.acknowledge(event, 'received')));
  const end = Date.now() + (withinSeconds + stages[2].afterSeconds) * 1_000 + patience;
  for (;;) {
    const { json } = await meteorology.events.board(event);
    if (json.escalations.length >= stages.length) return json;
    if (Date.now() > end) throw unexpected();
    await sleep(100);
  }
}

async function archived(stage: Stage, meteorology: DatongClient, event: string): Promise<EventArchive> {
  await meteorology.events.close(event, { code: 'ended', reason: '预警已解除' });
  const { json } = await meteorology.events.archive(event);
  const path = join(stage.folder, 'event-archive.json');
  writeFileSync(path, `${JSON.stringify(json)}\n`, { mode: 0o600 });
  const { findings } = verifyFiles(path, { anchors: join(stage.evidence, 'anchors.json') }, [], []);
  const [finding] = findings;
  if (finding !== undefined) throw new VerbFailure(exitCode.verification, finding.message);
  return json;
}
