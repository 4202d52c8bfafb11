import { CsvScanner } from './csvScanner.ts';

const candidates = ['\t', ',', ';', '|', '，', '\u0001'] as const;

/**
 * The separator that splits the first lines into the same number of cells, at least two, most often; ties go to more cells, then to
 * the comma. `,` where none splits anything.
 */
export function sniffSeparator(text: string, quote: string): string {
  const sample = text.slice(0, 64 * 1024);
  let best = { separator: ',', alike: 0, width: 1 };
  for (const separator of candidates) {
    if (!sample.includes(separator)) continue;
    const { alike, width } = agreement(sample, separator, quote);
    if (width > 1 && (alike > best.alike + 0.05 || (alike > best.alike - 0.05 && width > best.width))) {
      best = { separator, alike, width };
    }
  }
  return best.separator;
}

/** The commonest number of cells a record, and the share of records that have it. */
function agreement(
  sample: string,
  separator: string,
  quote: string,
): { readonly alike: number; readonly width: number } {
  const widths = new Map<number, number>();
  let records = 0;
  new CsvScanner(separator, quote, sample.length).scan(sample, false, {
    record: (_first, cells) => {
      if (cells === 0 || records >= 200) return false;
      records += 1;
      widths.set(cells, (widths.get(cells) ?? 0) + 1);
      return false;
    },
    broken: () => {
      records += 1;
    },
  });
  const [width, count] = [...widths].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [1, 0];
  return { alike: records === 0 ? 0 : count / records, width };
}
