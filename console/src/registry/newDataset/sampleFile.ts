/** A chosen file as the hub takes it. Of a long text its beginning is enough for a draft. */
import { hasLines, maxSampleBytes, wholeLines } from '../../../../terms/sampleFile.ts';
import type { Schemas } from '../../api/call.ts';
import { dataUrlOf } from '../../parts/dataUrlOf.ts';

/** @returns undefined for a file that is too long and has no lines that could be left out */
export async function sampleOf(file: File): Promise<Schemas['SampleFile'] | undefined> {
  if (file.size <= maxSampleBytes) return { name: file.name, bytes: await base64(file) };
  if (!hasLines(file.name)) return undefined;
  const begin = wholeLines(new Uint8Array(await file.slice(0, maxSampleBytes).arrayBuffer()));
  return begin === undefined ? undefined : { name: file.name, bytes: await base64(new Blob([begin])) };
}

const base64 = async (content: Blob): Promise<string> => (await dataUrlOf(content)).split(',')[1] ?? '';
