import { talk } from '../verb.ts';

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
 * Tells how far a file is: on a terminal one line that is rewritten, with rate and time left; elsewhere one line in all.
 * @param from bytes the hub had already
 * @param now Unix milliseconds
 */
export function progressTeller(from: number, now: () => number = Date.now): (progress: Progress) => void {
  const begun = now();
  return ({ batch, sent, size }) => {
    const seconds = Math.max(0.001, (now() - begun) / 1000);
    const rate = Math.max(0, sent - from) / seconds;
    const done = sent >= size;
    if (process.stderr.isTTY) {
      const share = size === 0 ? 100 : Math.floor((sent / size) * 100);
      const left = done || rate === 0 ? '' : `  ${inMinutes((size - sent) / rate)}`;
      process.stderr.write(`\r${batch}  ${share}%  ${inBytes(rate)}/s${left}   ${done ? '\n' : ''}`);
    } else if (done) {
      talk({
        zh: `已上传 ${size} 字节，${inBytes(rate)}/秒，批次 ${batch}`,
        en: `sent ${size} bytes, ${inBytes(rate)}/s, batch ${batch}`,
      });
    }
  };
}
