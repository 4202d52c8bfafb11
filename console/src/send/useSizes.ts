import { useWords } from '../words/words.ts';

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** Bytes and seconds as the reader's language writes them. */
export function useSizes(): {
  readonly bytes: (count: number) => string;
  readonly time: (seconds: number) => string;
} {
  const { language, say } = useWords();
  return {
    bytes: (count) => {
      const step = Math.min(units.length - 1, Math.floor(Math.log(Math.max(1, count)) / Math.log(1000)));
      return new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
        style: 'unit',
        unit: units[step] ?? 'byte',
        unitDisplay: step === 0 ? 'narrow' : 'short',
        maximumFractionDigits: step < 2 ? 0 : 1,
      }).format(count / 1000 ** step);
    },
    time: (seconds) =>
      seconds < 90
        ? say('seconds', { n: Math.ceil(seconds) })
        : say('minutes', { n: Math.ceil(seconds / 60) }),
  };
}
