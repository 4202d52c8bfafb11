/** A chosen file as the hub takes it. Of a long text its beginning is enough for a draft. */
import type { Schemas } from '../../api/call.ts';

/** bytes that the hub takes */
const maxBytes = 4 * 1024 * 1024;
/** formats whose lines can be read without those that follow */
const lines = /\.(?:csv|tsv|txt|sql|ndjson|jsonl)$/i;

/** @returns undefined for a file that is too long and has no lines that could be left out */
export async function sampleOf(file: File): Promise<Schemas['SampleFile'] | undefined> {
  if (file.size <= maxBytes) return { name: file.name, bytes: await base64(file) };
  if (!lines.test(file.name)) return undefined;
  const begin = new Uint8Array(await file.slice(0, maxBytes).arrayBuffer());
  return { name: file.name, bytes: await base64(new Blob([begin.subarray(0, begin.lastIndexOf(10) + 1)])) };
}

const base64 = (content: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () =>
      resolve(typeof reader.result === 'string' ? (reader.result.split(',')[1] ?? '') : '');
    reader.onerror = () => reject(reader.error ?? new Error());
    reader.readAsDataURL(content);
  });
