import { CsvScanner } from './csvScanner.ts';

export const candidates = ['\t', ',', ';', '|', '，', '\u0001'] as const;

const sampledRecords = 200;

export interface SeparatorAgreement {
  readonly separator: string;
  /** most frequent number of cells a record */
  readonly width: number;
  /** share of the first records that have this number */
  readonly share: number;
  /** another separator that divides them equally well */
  readonly rival?: string;
}

/**
 * The separator that divides most of the first records into the same number of cells, at least two. Shares within 5 percentage points count
 * as equal: then more cells win, then the order of `candidates`.
 * @param text from the beginning of the file, whole lines
 */
export const sniffSeparator = (text: string, quote: string): string =>
  separatorAgreement(text, quote).separator;

/** The separator with its most frequent width, the share of records that have it, and a rival; width 1 and a comma where no candidate divides a record. */
export function separatorAgreement(text: string, quote: string): SeparatorAgreement {
  const sample = text.slice(0, 64 * 1024);
  let best: SeparatorAgreement = { separator: ',', share: 0, width: 1 };
  const all = candidates
    .filter((separator) => sample.includes(separator))
    .map((separator) => ({
      separator,
      ...agreement(sample, separator, quote, sample.length === text.length),
    }));
  for (const { separator, share, width } of all) {
    if (width > 1 && (share > best.share + 0.05 || (share > best.share - 0.05 && width > best.width))) {
      best = { separator, share, width };
    }
  }
  const { separator, share } = best;
  const rival = all.find((one) => one.separator !== separator && one.width > 1 && one.share >= share);
  return rival === undefined ? best : { ...best, rival: rival.separator };
}

/** The most frequent number of cells a record, and the share of records that have it. @param isWhole the last record may have no line end */
function agreement(
  sample: string,
  separator: string,
  quote: string,
  isWhole: boolean,
): { readonly share: number; readonly width: number } {
  const widths = new Map<number, number>();
  let records = 0;
  new CsvScanner(separator, quote, sample.length).scan(sample, isWhole, {
    record: (_first, cells) => {
      if (cells === 0 || records >= sampledRecords) return false;
      records += 1;
      widths.set(cells, (widths.get(cells) ?? 0) + 1);
      return false;
    },
    broken: () => {
      if (records < sampledRecords) records += 1;
    },
  });
  const [width, count] = [...widths].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [1, 0];
  return { share: records === 0 ? 0 : count / records, width };
}
