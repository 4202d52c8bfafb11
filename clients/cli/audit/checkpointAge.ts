/** When a checkpoint was signed, and how long ago: a log without new entries still has a recent checkpoint, a frozen one has not. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { Checkpoint } from '../../../log/checkpoint.ts';

/** A sentence about a checkpoint, followed by its age. */
export function withAge({ zh, en }: Bilingual, checkpoint: Pick<Checkpoint, 'time'> | undefined): Bilingual {
  if (checkpoint === undefined) return { zh, en };
  const age = checkpointAge(checkpoint, Date.now());
  return { zh: `${zh}；${age.zh}`, en: `${en}; ${age.en}` };
}

/** @param now Unix milliseconds */
export function checkpointAge({ time }: Pick<Checkpoint, 'time'>, now: number): Bilingual {
  if (time === undefined)
    return {
      zh: '检查点没有时间，由旧版本签发',
      en: 'the checkpoint has no time: an earlier release signed it',
    };
  const seconds = Math.round(now / 1000) - time;
  const at = new Date(time * 1000).toISOString().replace('.000Z', 'Z');
  const [zh, en] =
    seconds < 0
      ? [`比本机时钟快 ${-seconds} 秒`, `${-seconds} s ahead of this machine's clock`]
      : [`${spoken(seconds, unitsZh)}前`, `${spoken(seconds, unitsEn)} ago`];
  return { zh: `检查点签于 ${at}，${zh}`, en: `the checkpoint was signed ${at}, ${en}` };
}

const unitsZh = [' 秒', ' 分钟', ' 小时', ' 天'] as const;
const unitsEn = [' s', ' min', ' h', ' days'] as const;

/** In the largest unit of which there are two. */
function spoken(seconds: number, [s, min, h, days]: readonly [string, string, string, string]): string {
  if (seconds < 120) return `${seconds}${s}`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}${min}`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)}${h}` : `${Math.floor(seconds / 86_400)}${days}`;
}
