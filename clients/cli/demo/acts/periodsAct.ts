/** Act four continues, 到期销毁: rows partitioned by month are destroyed a month at a time, but not before a legal hold on them ends. */
import { readFileSync } from 'node:fs';
import { DatongClient } from '../../../sdk/datongClient.ts';
import { bodyOf } from '../../approve/waiting.ts';
import { openProfile, openStaffAccess } from '../../profile.ts';
import type { Narrator } from '../narrator.ts';
import { acceptProposal, unexpected, type Stage } from '../stage.ts';
import { airFile } from './intakeActs.ts';

const dataset = 'ecology.air-quality-recent';
const about = `/v1/datasets/${dataset}`;

export async function periodsAct(stage: Stage, narrator: Narrator): Promise<void> {
  const { token: security } = openStaffAccess({ as: 'security' });
  const { operator } = stage;
  const rows = await sent(stage);
  const steward = await stage.admitPerson('air', '演示空气数据管理员 demo steward of air', {
    role: 'steward',
    department: 'ecology',
  });
  const months = async (): Promise<number> => {
    await stage.hub.runner.run('destroyPeriods');
    const { periods } = bodyOf(await operator.get(about, steward)) as unknown as {
      periods: { there: readonly unknown[] };
    };
    return periods.there.length;
  };
  const held = await narrator.step(
    async () => {
      const { digest } = (bodyOf(await operator.get(about, steward))['dataset'] ?? {}) as { digest: string };
      const intake = { periods: { field: 'time', every: 'month', keep: 12 } };
      const requested = { digest, reason: '只保留一年', intake };
      const { proposal } = bodyOf(await operator.post(`${about}/amendment`, requested, steward));
      const until = new Date(Date.now() + 30 * 86_400_000).toISOString();
      const hold = { on: { dataset }, reason: '诉讼', case: 'SS-2026-0001', until };
      const placed = bodyOf(await operator.post('/v1/legal-holds', hold, security));
      await acceptProposal(operator, proposal, security);
      if ((await months()) !== 1) throw unexpected();
      return String(placed['proposal']);
    },
    () => ({
      zh: `${rows} 行按月分开存放；两人定为只保留 12 个月，而法律保全之下一行也不销毁`,
      en: `${rows} rows are partitioned by month; two persons set a retention of 12 months, and under a legal hold no row is deleted`,
    }),
  );
  await narrator.step(
    async () => {
      bodyOf(await operator.post(`/v1/proposals/${held}/refusal`, { reason: '撤回' }, security));
      if ((await months()) !== 0) throw unexpected();
    },
    () => ({
      zh: '保全撤回后，作业销毁过期的一个月，连同其文件的原始字节，各有一个日志条目',
      en: 'the hold is taken back: the month that is over goes, and the bytes of its file with it, each with an entry',
    }),
  );
}

async function sent(stage: Stage): Promise<number> {
  await stage.apply('air-quality/recent.yaml');
  const ecology = DatongClient.fromProfile(openProfile({ as: 'ecology' }));
  try {
    // the very bytes of the other dataset would be taken for a mistake
    const week = readFileSync(airFile, 'utf8')
      .split('\n')
      .slice(0, 1 + 7 * 24);
    const { json } = await ecology.sendFile(dataset, Buffer.from(week.join('\n')), { mapping: 'recent' });
    return json.counts?.rows ?? 0;
  } finally {
    ecology.close();
  }
}
