import type { ControlTotals } from '../../sdk/types.ts';
import { readBoundedText } from '../boundedFile.ts';
import { exitCode, VerbFailure } from '../verb.ts';

const longest = 1024 * 1024;
const names: Readonly<Record<string, 'rows' | 'sha256'>> = {
  rows: 'rows',
  行数: 'rows',
  记录数: 'rows',
  总行数: 'rows',
  sha256: 'sha256',
  摘要: 'sha256',
};
const sumName = /^(?:sum|合计)[.·:：]\s*(.+)$/i;
const line = /^([^=\t]+)[=\t](.*)$/;

/**
 * A control file (对账文件) in UTF-8: a name and a value a line (`rows=1200`, `合计.年收入（元）=1,234.50`, `sha256=…`), lines that begin with # are
 * remarks. Thousands may be parted by commas.
 * @throws VerbFailure (exit 4) for a line that says nothing known, and for a file without any
 */
export function readControlFile(path: string): ControlTotals {
  const found: { rows?: number; sha256?: string; sums?: Record<string, string> } = {};
  const lines = readBoundedText(path, longest)
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  for (const [i, text] of lines.entries()) {
    if (text.trim() === '' || text.startsWith('#')) continue;
    const [, name = '', said = ''] = line.exec(text)?.map((one) => one.trim()) ?? [];
    const value = said.replaceAll(',', '');
    const total = names[name.toLowerCase()];
    const sum = sumName.exec(name)?.[1];
    if (total === 'rows' && /^\d{1,12}$/.test(value)) found.rows = Number(value);
    else if (total === 'sha256' && /^[0-9a-f]{64}$/i.test(value)) found.sha256 = value.toLowerCase();
    else if (sum !== undefined && /^-?\d{1,30}(\.\d{1,15})?$/.test(value))
      found.sums = { ...found.sums, [sum]: value };
    else throw unreadable(path, i + 1);
  }
  if (Object.keys(found).length === 0) throw unreadable(path, 1);
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
