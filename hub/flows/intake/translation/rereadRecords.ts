import { formatNamed } from '../../../../adapters/formats.ts';
import { bindMapping, type BoundMapping } from '../../../../adapters/mapping/bind.ts';
import type { BadRecord } from '../../../../adapters/reading/reader.ts';
import type { RowProblem } from '../../../../terms/rowProblem.ts';
import { compileSchema } from '../../../../schemas/compile.ts';
import type { Surroundings } from '../../../../schemas/surroundings.ts';
import type { CopyTask } from './copyTask.ts';

/** The problem of a record, described with the columns that the mapping is bound to in its file. */
export type ProblemOf = (bound: BoundMapping, line: number) => RowProblem;

/**
 * Reads again the records that failed only when all rows were stored, such as those that repeat a key. It returns the same bad records as
 * if the problem had been found on the first read.
 * @param problems by the line of such a record
 * @param breathe awaited between batches, so that other work can run
 * @returns by line; none where several records share a line
 */
export async function rereadRecords(
  { mapping, schema, companions }: Pick<CopyTask, 'mapping' | 'schema' | 'companions'>,
  surroundings: Surroundings,
  bytes: AsyncIterable<Uint8Array>,
  problems: ReadonlyMap<number, ProblemOf>,
  breathe: () => Promise<void> | undefined,
): Promise<ReadonlyMap<number, BadRecord>> {
  const found = new Map<number, BadRecord>();
  const several = new Set<number>();
  let bound: BoundMapping | undefined;
  for await (const batch of formatNamed(mapping.format).read(bytes, mapping.options, companions)) {
    bound ??= bindMapping(mapping, compileSchema(schema, surroundings), batch);
    for (const [i, line] of batch.lines.entries()) {
      const problem = problems.get(line);
      if (problem === undefined) continue;
      if (found.has(line)) several.add(line);
      else found.set(line, { line, problems: [problem(bound, line)], raw: batch.records.at(i) ?? [] });
    }
    await breathe();
  }
  for (const line of several) found.delete(line);
  return found;
}
