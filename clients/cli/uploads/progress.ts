import type { Batch } from '../../sdk/types.ts';
import { progressLine } from '../output.ts';
import { say, talk } from '../verb.ts';
import { counted } from '../../../terms/counted.ts';

export interface Progress {
  readonly batch: string;
  readonly sent: number;
  readonly size: number;
}

/** `12.3 MB` */
export function inBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(power === 0 ? 0 : 1)} ${units[power] ?? ''}`;
}

/** `2:05` */
function inMinutes(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/**
 * Reports the progress of a file: on a terminal one rewritten line, with rate and time left; elsewhere one line in all.
 * @param from bytes the hub had already
 * @param now Unix milliseconds
 */
export function progressTeller(from: number, now: () => number = Date.now): (progress: Progress) => void {
  const begun = now();
  return ({ batch, sent, size }) => {
    const seconds = Math.max(0.001, (now() - begun) / 1000);
    const rate = Math.max(0, sent - from) / seconds;
    const done = sent >= size;
    if (progressLine.isShown()) {
      const share = size === 0 ? 100 : Math.floor((sent / size) * 100);
      const left = done || rate === 0 ? '' : `  ${inMinutes((size - sent) / rate)}`;
      progressLine.show(`${batch}  ${share}%  ${inBytes(rate)}/s${left}`);
      if (done) progressLine.end();
    } else if (done) {
      talk({
        zh: `已上传 ${size} 字节，${inBytes(rate)}/秒，批次 ${batch}`,
        en: `sent ${counted(size, 'byte')}, ${inBytes(rate)}/s, batch ${batch}`,
      });
    }
  };
}

/** Milliseconds between two lines about the check where no terminal can rewrite a line. */
const seldom = 30_000;

/** `checking: 120000 rows, 3 bad, 22% of 56.0 MB, 24000 rows/s, 0:12 left` */
function checkedSoFar({
  bytes,
  of,
  records,
  bad,
  perSecond,
  secondsLeft,
}: NonNullable<Batch['progress']>): string {
  const share = of === 0 ? 100 : Math.min(100, Math.floor((bytes / of) * 100));
  const left = secondsLeft === undefined ? '' : inMinutes(secondsLeft);
  // the rows read are being indexed and compared with the current ones; the duration is unknown
  if (share === 100)
    return say({
      zh: `检查中：${records} 行已读完，${bad} 行有问题，正在建索引并与此前的批次核对`,
      en: `checking: all ${records} rows are read, ${bad} bad; they are indexed and compared with earlier batches`,
    });
  return say({
    zh: `检查中：已读 ${records} 行，${bad} 行有问题，${inBytes(of)} 的 ${share}%，每秒 ${perSecond} 行${left === '' ? '' : `，约剩 ${left}`}`,
    en: `checking: ${counted(records, 'row')}, ${bad} bad, ${share}% of ${inBytes(of)}, ${perSecond} rows/s${left === '' ? '' : `, ${left} left`}`,
  });
}

/** Describes a batch that is not done; empty while its check waits for its turn. */
function soFar({ state, offset, progress }: Unfinished): string | undefined {
  if (state === 'receiving') {
    const there = inBytes(offset ?? 0);
    return say({ zh: `接收中：已收到 ${there}`, en: `receiving: ${there} are there` });
  }
  return progress === undefined ? undefined : checkedSoFar(progress);
}

type Unfinished = Pick<Batch, 'state' | 'offset' | 'progress'>;

/**
 * Reports the progress of a batch: on a terminal one rewritten line, elsewhere a line each half minute.
 * @param now Unix milliseconds
 */
export function checkTeller(now: () => number = Date.now): {
  readonly report: (batch: Unfinished) => void;
  /** ends the line that was rewritten */
  readonly end: () => void;
} {
  let reported: number | undefined;
  let begun = false;
  return {
    report: (batch) => {
      const line = soFar(batch);
      if (line === undefined) return;
      if (progressLine.isShown()) {
        progressLine.show(line);
        begun = true;
      } else if (reported === undefined || now() - reported >= seldom) {
        reported = now();
        talk(line);
      }
    },
    end: () => {
      if (begun) progressLine.end();
      begun = false;
    },
  };
}
