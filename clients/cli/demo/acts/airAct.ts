/** Act three, 无条件共享: an agreement without a decision, and a question answered under it. */
import { DatongClient } from '../../../sdk/datongClient.ts';
import { openProfile } from '../../profile.ts';
import type { Narrator, Tally } from '../narrator.ts';
import type { Stage } from '../stage.ts';

/** GB 3095-2012, class II, mean of 24 hours, µg/m³ */
const threshold = 75;
const dataset = 'ecology.air-quality-hourly';

export async function countSchoolDays(stage: Stage, narrator: Narrator, tally: Tally): Promise<void> {
  narrator.act({
    zh: '第四幕  无条件共享：空气数据，申请即得',
    en: 'Act 4  Unconditional sharing: air data, granted on request',
  });
  const [granted] = await narrator.step(
    () => stage.apply('air-quality/agreement.yaml'),
    ([one]) => ({
      zh: `教育局申请，枢纽自动生成共享协议 ${one?.id ?? ''}，立即生效，同样留痕`,
      en: `Education asks, the hub writes agreement ${one?.id ?? ''} itself, in force at once, and logged like any other`,
    }),
  );
  const agreement = granted?.id ?? '';
  const client = DatongClient.fromProfile(openProfile({ as: 'education' }));
  try {
    await narrator.step(
      async () => {
        const values: HourlyValue[] = [];
        const query = { fields: ['time', 'pm25'], sort: ['time'], limit: 500 };
        const context = { purpose: 'environment-study', agreement };
        for await (const page of client.queryPages(dataset, query, context)) {
          tally.kept.push(page.kept);
          values.push(...(page.json.records as unknown as HourlyValue[]));
        }
        return { values, days: schoolDays(values) };
      },
      ({ values, days }) => ({
        zh: `${values.length} 个小时值分页取回；${days.length} 个上课日中有 ${days.filter(isOver).length} 天 PM2.5 日均超过 ${threshold} µg/m³，改为室内体育课`,
        en: `${values.length} hourly values fetched page by page; on ${days.filter(isOver).length} of ${days.length} school days the mean PM2.5 was above ${threshold} µg/m³: lessons move indoors`,
      }),
    );
  } finally {
    client.close();
  }
}

interface HourlyValue {
  readonly time: string;
  readonly pm25: number | null;
}

const isOver = (day: { readonly mean: number }): boolean => day.mean > threshold;

/** Mean of each Monday to Friday that has values. */
function schoolDays(
  values: readonly HourlyValue[],
): readonly { readonly day: string; readonly mean: number }[] {
  const byDay = new Map<string, number[]>();
  for (const { time, pm25 } of values) {
    const day = time.slice(0, 10);
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    if (pm25 === null || weekday === 0 || weekday === 6) continue;
    byDay.set(day, [...(byDay.get(day) ?? []), pm25]);
  }
  return [...byDay].map(([day, hours]) => ({
    day,
    mean: hours.reduce((sum, one) => sum + one, 0) / hours.length,
  }));
}
