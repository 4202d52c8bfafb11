import { formatNamed } from '../../adapters/formats.ts';
import { bindMapping, type BoundMapping } from '../../adapters/mapping/bind.ts';
import type { BadRecord } from '../../adapters/reading/reader.ts';
import { compileSchema } from '../../schemas/compile.ts';
import type { Surroundings } from '../../schemas/surroundings.ts';
import type { CopyTask } from './copyTask.ts';

/**
 * Records whose keys were found to be repeated when all rows lay together, as they stand in the file: the same bad records as where the
 * repetition is found while reading.
 * @param firsts by the line of such a record, the line on which its key stood first
 * @param breathe awaited between batches, so that others get a turn
 * @returns by line; none where several records stand on one line
 */
export async function rereadRecords(
  { mapping, schema, beside }: Pick<CopyTask, 'mapping' | 'schema' | 'beside'>,
  surroundings: Surroundings,
  bytes: AsyncIterable<Uint8Array>,
  firsts: ReadonlyMap<number, number>,
  breathe: () => Promise<void> | undefined,
): Promise<ReadonlyMap<number, BadRecord>> {
  const found = new Map<number, BadRecord>();
  const several = new Set<number>();
  let bound: BoundMapping | undefined;
  for await (const batch of formatNamed(mapping.format).read(bytes, mapping.options, beside)) {
    bound ??= bindMapping(mapping, compileSchema(schema, surroundings), batch);
    for (const [i, line] of batch.lines.entries()) {
      const first = firsts.get(line);
      if (first === undefined) continue;
      if (found.has(line)) several.add(line);
      else found.set(line, { line, problems: [bound.repeated(line, first)], raw: batch.records.at(i) ?? [] });
    }
    await breathe();
  }
  for (const line of several) found.delete(line);
  return found;
}
