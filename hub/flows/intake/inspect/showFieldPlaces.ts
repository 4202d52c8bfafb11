/**
 * Inspect: where in a file the cells of a field are empty, and where a value stands again. Counts and lines leave, values never.
 *
 *   whose batch? → is the field one of its rows? → its raw bytes, read again → append entry → reply
 */
import type { components } from '../../../../api/openapi.ts';
import { Problem } from '../../../../terms/problem.ts';
import { CopyCells } from '../../../domain/rowTable/storable.ts';
import { layoutOf } from '../../../domain/rowTable/layout.ts';
import { allowed } from '../../../pipeline/call.ts';
import { batchById } from '../store/batches.ts';
import { hostedDataset } from '../../hostedDataset.ts';
import { batchFacts } from '../answer.ts';
import { partsAgain } from '../rereading/partsAgain.ts';
import { seenBySenders } from '../../../domain/cells.ts';
import { ofBatch } from '../../../pipeline/ownership.ts';
import { intakeOperation } from '../../operation.ts';

/** What is counted of one field while a file is read, and where; values are compared and never told. */

/** Lines that are told of each kind. */
const maxLines = 100;

/** Different values that are remembered, and their characters in all: what a call may take of memory. */
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

  told(): ReportedField {
    return { rows: this.rows, empty: this.empty, again: { ...this.again, whole: this.whole } };
  }
}

function note(kind: { count: number; lines: number[] }, line: number): void {
  kind.count += 1;
  if (kind.lines.length < maxLines) kind.lines.push(line);
}

/**
 * GET /v1/batches/{batch}/fields/{field}: of the good rows of the file itself; the rows that a correction took over stand in the file that it
 * corrects.
 * @throws Problem batch_unknown, dataset_unknown, dataset_live, batch_outdated, mapping_unknown, unknown_reference (field), raw_bytes_gone,
 * rereads_busy
 */
export const showFieldPlaces = intakeOperation('showFieldPlaces', {
  kind: 'inspect',
  permission: seenBySenders,
  owner: ofBatch,
  run: async (call, services) => {
    const field = call.params.field;
    const batch = await batchById(services.database.app, call.params.batch);
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
      ...{ batch: batch.id, field, ...tally.told() },
      ...(batch.corrects === null ? {} : { corrects: batch.corrects }),
    };
    return allowed<'showFieldPlaces'>(200, answer, { facts: batchFacts(batch, dataset) });
  },
});
