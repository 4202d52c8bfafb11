/** Interlude, 实时供数: an application that cannot sign queries the register at its source. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { civilDateText } from '../../../../terms/civilDate.ts';
import { DatongClient } from '../../../sdk/datongClient.ts';
import { openProfile } from '../../profile.ts';
import { dial } from '../../provide/dial.ts';
import { fileRows } from '../../provide/fileRows.ts';
import { providedDataset } from '../../provide/providedRows.ts';
import { exitCode, VerbFailure } from '../../verb.ts';
import { signerNamed } from '../agreements.ts';
import type { Resident } from '../files/invented.ts';
import type { Narrator } from '../narrator.ts';
import type { Stage } from '../stage.ts';
import { askThroughAgent, type RequestedThroughAgent } from './askThroughAgent.ts';
import { enrolmentContext } from './childAct.ts';

const dataset = 'pub-security.household-live';
const context = { ...enrolmentContext, agreement: 'agr-school-enrolment-live' };
/** Residents of the register that the connector serves. */
const residents = 200;

/** @param people residents of the city; the first of the agreed district is asked about */
export async function liveAct(stage: Stage, narrator: Narrator, people: readonly Resident[]): Promise<void> {
  narrator.act({
    zh: '幕间  实时供数：数据留在公安局，问到时才取；不会签名的系统经本机代理来问',
    en: 'Interlude  Live data: the rows stay with Public Security and are fetched when they are asked for, by a system that cannot sign',
  });
  const child = people.find(({ region, guardian }) => region === '990101' && guardian !== '');
  if (child === undefined) throw new TypeError('no such person lives in the district');
  const others = people.slice(0, residents).filter(({ id }) => id !== child.id);
  const register = [child, ...others];
  const provider = DatongClient.fromProfile(openProfile({ as: 'pub-security' }));
  const education = DatongClient.fromProfile(openProfile({ as: 'education' }));
  try {
    const connection = await narrator.step(
      () => connected(stage, provider, register),
      () => ({
        zh: `公安局的连接器主动接入枢纽（不开放任何端口），供给 ${dataset}：枢纽里没有它的一行数据`,
        en: `the connector of Public Security opens its connection to the hub (it opens no port) and serves ${dataset}: no row of it is stored in the hub`,
      }),
    );
    const requested = async (): Promise<RequestedThroughAgent> => {
      const question = { filter: [{ field: 'person_id', op: 'eq', value: child.id }] };
      const path = `/v1/datasets/${dataset}/query`;
      return askThroughAgent(education, { exchanges: [] }, path, question, context);
    };
    const before = await narrator.step(requested, ({ answer, by }) => ({
      zh: `教育局的旧系统在本机用普通 HTTP 问（${by === 'curl' ? '就是 curl' : '本机没有 curl，由演示程序代问'}），代理签名、核验：${reported(answer)}`,
      en: `an old system of Education asks by plain HTTP on its own machine (${by === 'curl' ? 'it is curl' : 'no curl here, the demo asks itself'}); the agent signs and verifies: ${reported(answer)}`,
    }));
    keep(stage, [{ ...child, name: `欧阳${child.name.slice(-1)}` }, ...register.slice(1)]);
    const after = await narrator.step(requested, ({ answer }) => ({
      zh: `孩子上午在窗口改了姓名，下一次查询就是新的：${reported(answer)}`,
      en: `the child's name was changed at the counter this morning, and the next answer has it: ${reported(answer)}`,
    }));
    if (reported(before.answer) === reported(after.answer) || reported(after.answer) === '')
      throw new VerbFailure(exitCode.refused, { zh: '答复没有变', en: 'the answer did not change' });
    connection.close();
    await connection.closed;
    await narrator.step(requested, ({ answer: { code } }) => ({
      zh: `连接器停了 → ${String(code)}：不猜，也不给旧的，同样留痕`,
      en: `the connector has stopped → ${String(code)}: nothing is guessed, nothing old is given, and it is logged like any other`,
    }));
  } finally {
    provider.close();
    education.close();
  }
}

const reported = ({ records }: Readonly<Record<string, unknown>>): string => {
  const [record] = (records ?? []) as readonly Readonly<Record<string, unknown>>[];
  return record === undefined
    ? ''
    : JSON.stringify({ name: record['name'], birth_date: record['birth_date'] });
};

async function connected(stage: Stage, client: DatongClient, register: readonly Resident[]) {
  await stage.apply('household-live/dataset.yaml');
  await stage.apply('household-live/agreement.yaml', ['education', 'pub-security'].map(signerNamed));
  const path = keep(stage, register);
  const rows = fileRows(await providedDataset(client, dataset, []), {
    kind: 'file',
    path,
    mapping: undefined,
  });
  const { port } = new URL(stage.hub.origins.exchange);
  return client.live.connect(
    [dataset],
    (ask) => rows.rows(ask),
    dial({ host: '127.0.0.1', port: Number(port) }),
  );
}

/** The register as its department has it: a row a line. @returns its file */
function keep({ folder }: Stage, register: readonly Resident[]): string {
  const path = join(folder, 'register.ndjson');
  const lines = register.map(({ id, name, birth, region, guardian }) =>
    JSON.stringify({
      person_id: id,
      name,
      birth_date: civilDateText(birth),
      region_code: region,
      guardian_id: guardian === '' ? null : guardian,
    }),
  );
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  return path;
}
