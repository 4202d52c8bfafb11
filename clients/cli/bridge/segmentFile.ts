/** A segment of a disk buffer: a message is a line. */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCode, VerbFailure } from '../verb.ts';

/** A message that gave rows. */
export interface BufferedMessage {
  /** packet id under which the broker delivered it; 0 for one without acknowledgement */
  readonly packetId: number;
  /** of topic and payload, 16 hexadecimal digits */
  readonly digest: string;
  /** Unix milliseconds of its arrival */
  readonly at: number;
  readonly rows: readonly string[];
}

const lineShape = /^\d+\t[0-9a-f]{16}\t\d+\t[^\0]+$/;

export const segmentFile = (folder: string, number: number): string =>
  join(folder, `${String(number).padStart(9, '0')}.rows`);

export const lineOf = ({ packetId, digest, at, rows }: BufferedMessage): string =>
  [packetId, digest, at, ...rows].join('\t');

export function messageIn(line: string): BufferedMessage {
  const [packetId, digest = '', at, ...rows] = line.split('\t');
  return { packetId: Number(packetId), digest, at: Number(at), rows };
}

/** Bytes of whole lines. Those of the last segment after them are cut off; elsewhere they are damage. */
export async function wholeBytes(file: string, isLast: boolean): Promise<number> {
  const bytes = await readFile(file);
  let end = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, end)) {
    if (!lineShape.test(bytes.toString('utf8', end, at))) break;
    end = at + 1;
  }
  if (!isLast && end < bytes.length) throw damaged(file);
  if (isLast) {
    const handle = await open(file, 'r+');
    try {
      await handle.truncate(end);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
  return end;
}

export const damaged = (file: string): VerbFailure =>
  new VerbFailure(
    exitCode.local,
    { zh: `缓冲文件 ${file} 已损坏`, en: `the buffer file ${file} is damaged` },
    {
      zh: '保留该文件夹以便核查，另用一个空文件夹（buffer.folder）重新开始',
      en: 'keep the folder for examination, and begin again with an empty one (buffer.folder)',
    },
  );
