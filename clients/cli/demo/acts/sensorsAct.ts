/** Interlude, 传感器: river stations send readings by call; a level that rises is an event at the department that closes the underpass. */
import { randomUUID } from 'node:crypto';
import { DatongClient } from '../../../sdk/datongClient.ts';
import { bodyOf } from '../../approve/waiting.ts';
import { openProfile } from '../../profile.ts';
import { signerNamed } from '../agreements.ts';
import type { Narrator } from '../narrator.ts';
import { unexpected, type Stage } from '../stage.ts';

const readings = 'ecology.river-levels';
const context = { purpose: 'public-service', agreement: 'agr-river-levels' };
const stations = ['云溪桥', '松风闸', '荷塘街', '青石巷'] as const;
/** Readings of each station, a minute apart. */
const minutes = 12;
/** The station whose level rises by three centimetres a minute. */
const rising = '荷塘街';

export async function sensorsAct(stage: Stage, narrator: Narrator): Promise<void> {
  narrator.act({
    zh: '幕间  传感器：水位站按调用报送，上涨过快即成事件，送到交通运输局',
    en: 'Interlude  Sensors: river stations send readings by call; a level that rises fast is an event at Transport',
  });
  const ecology = DatongClient.fromProfile(openProfile({ as: 'ecology' }));
  const transport = DatongClient.fromProfile(openProfile({ as: 'transport' }));
  try {
    const subscription = await narrator.step(
      async () => {
        await stage.apply('river-levels/dataset.yaml');
        await stage.apply('river-levels/agreement.yaml', ['ecology', 'transport'].map(signerNamed));
        return (await transport.events.subscribe({ topic: 'ecology.river-alarms' }, context)).json.id;
      },
      () => ({
        zh: '生态环境局登记读数、小时值和规则（10 分钟内上涨 20 厘米即告警）；交通运输局签署协议并订阅',
        en: 'Ecology registers readings, their hours and a rule (20 cm in 10 minutes is an alarm); Transport signs an agreement and subscribes',
      }),
    );
    await narrator.step(
      () => sent(ecology),
      ({ accepted, quarantined: [bad] }) => ({
        zh: `${stations.length} 个站点一次调用报送 ${accepted + 1} 个读数：${accepted} 个发布，1 个进入问题数据（${bad?.field ?? ''}：${bad?.rule ?? ''}）`,
        en: `${stations.length} stations send ${accepted + 1} readings in one call: ${accepted} are published, 1 goes into quarantine (${bad?.field ?? ''}: ${bad?.rule ?? ''})`,
      }),
    );
    const alarm = await narrator.step(
      () => received(transport, subscription),
      ({ station, value }) => ({
        zh: `${station} 水位升至 ${value} 厘米：告警一条，已到交通运输局`,
        en: `the level at ${station} rises to ${value} cm: one alarm, and Transport has it`,
      }),
    );
    if (alarm.station !== rising) throw unexpected();
    await narrator.step(
      async () => (await transport.query(readings, { latest: true }, context)).json.records,
      (latest) => ({
        zh: `交通运输局查询各站最新水位：${latest.map(({ station, level }) => `${String(station)} ${String(level)}`).join('，')}`,
        en: `Transport asks for the latest level of each station: ${latest.map(({ station, level }) => `${String(station)} ${String(level)}`).join(', ')}`,
      }),
    );
    await narrator.step(
      () => tried(stage),
      (fired) => ({
        zh: `管理员先用已存读数试跑更严的规则（上涨 10 厘米）：会触发 ${fired} 次；试跑不改变任何数据`,
        en: `a steward tries a stricter rule (10 cm) on the stored readings: it would have fired ${fired} times; a trial changes nothing`,
      }),
    );
  } finally {
    ecology.close();
    transport.close();
  }
}

interface Pushed {
  readonly accepted: number;
  readonly quarantined: readonly { readonly index: number; readonly field?: string; readonly rule: string }[];
}

/** Readings of the last minutes in one call; one sensor is defective. */
async function sent(client: DatongClient): Promise<Pushed> {
  const begins = Math.floor(Date.now() / 60_000) * 60_000 - minutes * 60_000;
  const rows = Array.from({ length: minutes }, (_, minute) =>
    stations.map((station) => ({
      station,
      time: timeOf(begins + minute * 60_000),
      level: 120 + (station === rising ? 3 * minute : minute % 2),
    })),
  ).flat();
  const defective = { station: stations[0], time: timeOf(begins + minutes * 60_000 - 30_000), level: -999 };
  const { json } = await client.call({
    method: 'POST',
    path: `/v1/datasets/${readings}/rows`,
    receipt: 'required',
    headers: { 'content-type': 'application/json', 'datong-idempotency-key': randomUUID() },
    body: Buffer.from(JSON.stringify([...rows, defective])),
  });
  const pushed: Pushed = json as never;
  if (pushed.accepted !== rows.length || pushed.quarantined.length !== 1) throw unexpected();
  return pushed;
}

/** In China time, as the schema fixes it. */
const timeOf = (moment: number): string =>
  new Date(moment + 8 * 3_600_000).toISOString().replace(/\.\d+Z$/, '+08:00');

/** @returns how often the rule would have fired */
async function tried(stage: Stage): Promise<number> {
  const steward = await stage.admitPerson('hydrologist', '沈清', { role: 'steward', department: 'ecology' });
  const rule = {
    id: 'rising',
    when: 'level rises 10 in 10 min',
    severity: 'alarm',
    type: 'ecology.river-alarm',
  };
  const until = new Date().toISOString();
  const from = new Date(Date.now() - 86_400_000).toISOString();
  const reply = await stage.operator.post(
    `/v1/datasets/${readings}/rule-trials`,
    { rules: [rule], from, until },
    steward,
  );
  const { rules } = bodyOf(reply) as unknown as { readonly rules: readonly { readonly fired: number }[] };
  return rules[0]?.fired ?? 0;
}

interface Alarm {
  readonly station: string;
  readonly value: number;
}

/** The only alarm that waits for the subscriber. @throws VerbFailure where there is another number */
async function received(client: DatongClient, subscription: string): Promise<Alarm> {
  const { json } = await client.events.pull(subscription, { wait: 10 });
  const [event] = json.events;
  if (event === undefined || json.events.length !== 1) throw unexpected();
  return event.data as unknown as Alarm;
}
