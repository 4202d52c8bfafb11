/**
 * Inspect: lines of a file where a field is empty, or repeats a value. Returns counts and lines, never values.
 *
 *   whose batch? → is the field one of its rows? → its raw bytes, read again → append entry → reply
 */
import type { components } from '../../../../api/openapi.ts';
import { Problem } from '../../../../terms/problem.ts';
import { CopyCells } from '../../../domain/rowTable/storable.ts';
import { layoutOf } from '../../../domain/rowTable/layout.ts';
import { allowed } from '../../../pipeline/call.ts';
import { unalteredBatch } from '../store/batches.ts';
import { hostedDataset } from '../../hostedDataset.ts';
import { batchFacts } from '../answer.ts';
import { partsAgain } from '../rereading/partsAgain.ts';
import { seenBySenders } from '../../../domain/cells.ts';
import { ofBatch } from '../../../pipeline/ownership.ts';
import { intakeOperation } from '../../operation.ts';
import { present } from '../../../../terms/defined.ts';

/* Counts and lines of one field while a file is read; values are compared and never returned. */

/** Maximum number of lines of each kind. */
const maxLines = 100;

/** Maximum number of distinct values in memory, and of their characters in total: bounds the memory of a call. */
const maxValues = 200_000;

const maxCharacters = 8 << 20;

/** `empty` and `again` of openapi.yaml's FieldPlaces. */
interface ReportedField {
  readonly rows: number;
  readonly empty: { count: number; lines: number[] };
  readonly again: { count: number; lines: number[]; whole: boolean };
}

class FieldTally {
  private rows = 0;
  private characters = 0;
  private whole = true;
  private readonly seen = new Set<string>();
  private readonly empty = { count: 0, lines: [] as number[] };
  private readonly again = { count: 0, lines: [] as number[] };

  /** @param text equal for equal values, undefined for none @param line the physical line on which its row begins */
  add(text: string | undefined, line: number): void {
    this.rows += 1;
    if (text === undefined) {
      note(this.empty, line);
      return;
    }
    if (this.seen.has(text)) note(this.again, line);
    else if (this.seen.size < maxValues && this.characters + text.length <= maxCharacters) {
      this.seen.add(text);
      this.characters += text.length;
    } else this.whole = false;
  }

  result(): ReportedField {
    return { rows: this.rows, empty: this.empty, again: { ...this.again, whole: this.whole } };
  }
}

function note(kind: { count: number; lines: number[] }, line: number): void {
  kind.count += 1;
  if (kind.lines.length < maxLines) kind.lines.push(line);
}

/**
 * GET /v1/batches/{batch}/fields/{field}: covers the good rows of the file itself; rows that a correction took over are in the corrected
 * file.
 * @throws Problem batch_unknown, dataset_unknown, dataset_live, batch_outdated, mapping_unknown, unknown_reference (field),
 * raw_bytes_gone, rereads_busy
 */
export const showFieldPlaces = intakeOperation('showFieldPlaces', {
  kind: 'inspect',
  permission: seenBySenders,
  owner: ofBatch,
  run: async (call, services) => {
    const field = call.params.field;
    const batch = await unalteredBatch(services.database.app, call.params.batch);
    if (batch === undefined) throw new Problem('batch_unknown');
    const dataset = hostedDataset(services.registry, batch.dataset);
    const { schema, mappings } = dataset;
    if (batch.schema !== null && batch.schema !== schema.urn)
      throw new Problem('batch_outdated', { schema: batch.schema });
    const layout = layoutOf(schema);
    if (!layout.byField.has(field))
      throw new Problem('unknown_reference', { kind: 'field', name: field }, { at: '/path/field' });
    const mapping = mappings.get(batch.mapping ?? '')?.compiled;
    if (mapping === undefined) throw new Problem('raw_bytes_gone', { batch: batch.id });
    const tally = new FieldTally();
    const column = new CopyCells(layout, [field]);
    await services.rereads.run(call.caller, async () => {
      for await (const { tuples, lines } of partsAgain(services, dataset, mapping, batch))
        column.each(tuples, ([cell], nth) => tally.add(cell, lines[nth] ?? 0));
    });
    const answer: components['schemas']['FieldPlaces'] = {
      batch: batch.id,
      field,
      ...tally.result(),
      ...present({ corrects: batch.corrects }),
    };
    return allowed<'showFieldPlaces'>(200, answer, { facts: batchFacts(batch, dataset) });
  },
});
