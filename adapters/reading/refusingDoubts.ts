import { refuseDoubtedFile, sortedDoubts } from './doubt.ts';
import type { BadRecord, RecordBatch } from './reader.ts';

/** A batch whose doubted records become problem records. @throws Problem file_doubtful */
export function refusingDoubts(batch: RecordBatch): RecordBatch {
  if (batch.doubts.length === 0) return batch;
  const { file, byRecord } = sortedDoubts(batch.doubts, () => true);
  refuseDoubtedFile(file);
  const doubted: BadRecord[] = [...byRecord].map(([record, problems]) => ({
    line: batch.lines[record] ?? 0,
    problems,
    raw: batch.records.at(record) ?? [],
  }));
  const sound = (_: unknown, record: number): boolean => !byRecord.has(record);
  const rest = {
    lines: batch.lines.filter(sound),
    bad: [...batch.bad, ...doubted].sort((a, b) => a.line - b.line),
    doubts: [],
  };
  return batch.kind === 'table'
    ? { ...batch, ...rest, records: [...batch.records].filter(sound) }
    : { ...batch, ...rest, records: [...batch.records].filter(sound) };
}
