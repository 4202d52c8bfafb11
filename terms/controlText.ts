/** What a sender says a file holds (对账文件), as text: read by the command line and by a browser alike. */

export interface ControlText {
  readonly rows?: number;
  readonly sha256?: string;
  /** exact sums, by column or field */
  readonly sums?: Readonly<Record<string, string>>;
}

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
 * A name and a value a line (`rows=1200`, `合计.年收入（元）=1,234.50`, `sha256=…`), lines that begin with # are remarks. Thousands may be
 * parted by commas. What is said twice is not known to hold.
 * @returns the number (from 1) of a line that says nothing known; 1 for a text without any
 */
export function readControlText(text: string): ControlText | { readonly unreadable: number } {
  const found: { rows?: number; sha256?: string; sums?: Record<string, string> } = {};
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (const [i, one] of lines.entries()) {
    if (one.trim() === '' || one.startsWith('#')) continue;
    const [, name = '', said = ''] = line.exec(one)?.map((part) => part.trim()) ?? [];
    const value = said.replaceAll(',', '');
    const total = names[name.toLowerCase()];
    const sum = sumName.exec(name)?.[1];
    if (total !== undefined && found[total] !== undefined) return { unreadable: i + 1 };
    if (sum !== undefined && found.sums !== undefined && Object.hasOwn(found.sums, sum))
      return { unreadable: i + 1 };
    if (total === 'rows' && /^\d{1,12}$/.test(value)) found.rows = Number(value);
    else if (total === 'sha256' && /^[0-9a-f]{64}$/i.test(value)) found.sha256 = value.toLowerCase();
    else if (sum !== undefined && /^-?\d{1,30}(\.\d{1,15})?$/.test(value))
      found.sums = { ...found.sums, [sum]: value };
    else return { unreadable: i + 1 };
  }
  return Object.keys(found).length === 0 ? { unreadable: 1 } : found;
}
