/** How much of a file a draft reads. On a terminal and in the console it is the same part, so that both guess alike. */

/** bytes of a sample; of a longer text its beginning is read */
export const maxSampleBytes = 4 * 1024 * 1024;

/** formats whose lines can be read without those that follow */
const lines = /\.(?:csv|tsv|txt|sql|ndjson|jsonl)$/i;

/** Whether the beginning of a file can be read without its rest. @param name of the file, with its ending */
export const hasLines = (name: string): boolean => lines.test(name);

/** The whole lines of the beginning of a file; undefined where it holds none. */
export function wholeLines<Bytes extends Uint8Array>(begin: Bytes): Bytes | undefined {
  const end = begin.lastIndexOf(10) + 1;
  return end === 0 ? undefined : (begin.subarray(0, end) as Bytes);
}
