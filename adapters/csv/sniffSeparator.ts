import { CsvScanner } from './csvScanner.ts';

const candidates = ['\t', ',', ';', '|', '，', '\u0001'] as const;

export interface SeparatorAgreement {
  readonly separator: string;
  /** most frequent number of cells a record */
  readonly width: number;
  /** share of the first records that have this number */
  readonly alike: number;
  /** another separator that divides them equally well */
  readonly rival?: string;
}

/**
 * The separator that divides most of the first records into the same number of cells, at least two. Shares within 5 percentage points count
 * as equal: then more cells win, then the order of `candidates`. Returns a comma if none divides anything.
 */
export const sniffSeparator = (text: string, quote: string): string =>
  separatorAgreement(text, quote).separator;

/** The same, with the quality of the division; width 1 where none divides anything. */
export function separatorAgreement(text: string, quote: string): SeparatorAgreement {
  const sample = text.slice(0, 64 * 1024);
  let best: SeparatorAgreement = { separator: ',', alike: 0, width: 1 };
  const all = candidates
    .filter((separator) => sample.includes(separator))
    .map((separator) => ({ separator, ...agreement(sample, separator, quote) }));
  for (const { separator, alike, width } of all) {
    if (width > 1 && (alike > best.alike + 0.05 || (alike > best.alike - 0.05 && width > best.width))) {
      best = { separator, alike, width };
    }
  }
  const { separator, alike } = best;
  const rival = all.find((one) => one.separator !== separator && one.width > 1 && one.alike >= alike);
  return rival === undefined ? best : { ...best, rival: rival.separator };
}

/** The most frequent number of cells a record, and the share of records that have it. */
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
