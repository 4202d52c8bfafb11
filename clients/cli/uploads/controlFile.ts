import type { ControlTotals } from '../../sdk/types.ts';
import { readControlText } from '../../../terms/controlText.ts';
import { readBoundedText } from '../boundedFile.ts';
import { exitCode, VerbFailure } from '../verb.ts';

const longest = 1024 * 1024;
/**
 * A control file (对账文件) in UTF-8, as `terms/controlText.ts` reads it.
 * @throws VerbFailure (exit 4) for a line that says nothing known, and for a file without any
 */
export function readControlFile(path: string): ControlTotals {
  const found = readControlText(readBoundedText(path, longest));
  if ('unreadable' in found) throw unreadable(path, found.unreadable);
  return found;
}

const unreadable = (path: string, at: number): VerbFailure =>
  new VerbFailure(
    exitCode.local,
    {
      zh: `对账文件 ${path} 第 ${at} 行读不懂`,
      en: `line ${at} of the control file ${path} says nothing known`,
    },
    {
      zh: '每行写“行数=1200”“合计.列名=123.40”或“sha256=…”',
      en: 'a line is rows=1200, sum.COLUMN=123.40 or sha256=…',
    },
  );
