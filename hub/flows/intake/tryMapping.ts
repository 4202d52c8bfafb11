/**
 * Tries a mapping before it is registered: it reads the stored bytes of a batch, and the resulting rows are compared with the visible
 * rows. Nothing is stored, and no value is returned.
 *
 *   whose dataset? → does it compile? → sealed bytes → rows in a table that is rolled back → counts → append entry → signed reply
 */
import type { components } from '../../../api/openapi.ts';
import { compileNewMapping, type CompiledMapping } from '../../../adapters/mapping/compile.ts';
import { overLimit } from '../../../adapters/limits.ts';
import { canonicalText } from '../../../schemas/readJson.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import { datasetId, providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { batchTable, datasetTable, layoutOf } from '../../domain/rowTable/layout.ts';
import { allowed } from '../../pipeline/call.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { type BatchRow, unalteredBatch } from './store/batches.ts';
import { datasetById, intakeRulesOf } from '../../registry/store/datasets.ts';
import { compareRows, type RowDifference } from '../rows/store/compare.ts';
import { countRows } from '../rows/store/countRows.ts';
import { loadBatch } from '../rows/store/load.ts';
import { checkSpace } from './openBatch.ts';
import { checkProvider } from './sender.ts';
import type { IntakeServices } from './services.ts';
import { hostedDataset } from '../hostedDataset.ts';
import { partsAgain } from './rereading/partsAgain.ts';
import { own } from '../../domain/cells.ts';
import { ofDataset } from '../../pipeline/ownership.ts';
import { intakeOperation } from '../operation.ts';
import { defined } from '../../../terms/defined.ts';

type Trial = components['schemas']['MappingTrial'];

/** Thrown to roll back the table once it was compared. */
class TrialOver extends Error {}

/** Maximum kinds of problems in the answer. */
const maxKinds = 50;
/** Maximum number of lines of each kind. */
const maxLines = 10;

/**
 * POST /v1/datasets/{dataset}/mapping-trials.
 * @throws Problem not_the_provider, mapping_invalid, batch_unknown, rereads_busy, storage_short, raw_bytes_gone, and the adapter's
 * problems with the file
 */
export const tryMapping = intakeOperation('tryMapping', {
  kind: 'inspect',
  permission: { 'office steward': own, steward: own },
  owner: ofDataset,
  run: async (call, services) => {
    const id = datasetId(call.params.dataset);
    const facts = { dataset: id, provider: providerOf(id) };
    checkProvider(call.caller, id);
    const dataset = hostedDataset(services.registry, id);
    const { document, batch: requested } = call.body;
    const { surroundings } = services.registry.current;
    const mapping =
      registeredSo(dataset, document) ?? compileNewMapping(document, dataset.schema, surroundings.codeLists);
    const { app } = services.database;
    const current = (await datasetById(app, id))?.currentBatch ?? null;
    const wanted = requested ?? current;
    const batch = wanted === null ? undefined : await unalteredBatch(app, wanted);
    if (batch?.dataset !== id) throw new Problem('batch_unknown');
    const trial = await services.rereads.run(call.caller, async () => {
      await checkSpace(services, batch.bytes);
      return tried(services, dataset, mapping, batch, current);
    });
    return allowed<'tryMapping'>(200, trial, {
      facts: { ...facts, change: { act: 'try', mapping: mapping.mapping, batch: batch.id } },
    });
  },
});

/** The mapping of the dataset that has this text. One of an earlier release may have words without an effect, and is tried as it reads. */
function registeredSo({ mappings }: LiveDataset, document: unknown): CompiledMapping | undefined {
  const text = canonicalText(document);
  return [...mappings.values()].find(
    ({ compiled }) => compiled !== undefined && canonicalText(compiled.document) === text,
  )?.compiled;
}

async function tried(
  services: IntakeServices,
  dataset: LiveDataset,
  mapping: CompiledMapping,
  batch: BatchRow,
  current: string | null,
): Promise<Trial> {
  const { row, schema } = dataset;
  const { database } = services;
  const layout = layoutOf(schema);
  const id = uuid7(database.now());
  const counts = { records: 0, rows: 0, bad: 0, skipped: 0 };
  const kinds = new ProblemKinds();

  async function* tuples(): AsyncGenerator<Uint8Array> {
    for await (const part of partsAgain(services, dataset, mapping, batch)) {
      counts.records += part.records;
      counts.skipped += part.skipped;
      counts.bad += part.failed.length;
      counts.rows += part.lines.length;
      for (const { line, problems } of part.failed) for (const problem of problems) kinds.add(problem, line);
      yield part.tuples;
    }
  }

  let difference: Trial['difference'];
  const isSnapshot = row.mode === 'snapshot';
  // the bytes of a correction contain only the corrected rows: they say nothing about the others
  const whole = isSnapshot && batch.corrects === null;
  const { deleteWhere } = intakeRulesOf(row);
  const before =
    current === null ? undefined : isSnapshot ? batchTable(current) : datasetTable(row.id, schema);
  const loaded = loadBatch(database, layout, id, tuples(), undefined, async (transaction, last) => {
    if (!last) return;
    // keys of a long file beyond the in-memory limit were compared when all rows were stored
    const again = counts.rows - (await countRows(transaction, batchTable(id)));
    counts.rows -= again;
    counts.bad += again;
    if (again > 0) kinds.addRepeated(schema.primaryKey.join('+'), again);
    if (before !== undefined && layout.key.length > 0)
      difference = trialDifference(
        await compareRows(transaction, { layout, now: batchTable(id), before, whole, deleteWhere }),
      );
    throw new TrialOver();
  });
  await loaded.catch((error: unknown) => {
    if (!(error instanceof TrialOver)) throw error;
  });
  const over = overLimit(counts, mapping);
  return {
    mapping: mapping.mapping,
    batch: batch.id,
    counts,
    ...defined({ over: over?.limit, difference }),
    problems: kinds.mostFrequent(),
  };
}

/** The problems of the records, by rule and column. */
class ProblemKinds {
  private readonly kinds = new Map<string, Trial['problems'][number]>();

  add(problem: Pick<Trial['problems'][number], 'rule' | 'header' | 'field'>, line: number): void {
    const known = this.kindOf(problem);
    known.count += 1;
    if (known.lines.length < maxLines) known.lines.push(line);
  }

  /** @param field used where no row with a repeated key was found before */
  addRepeated(field: string, count: number): void {
    const met = [...this.kinds.values()].find(({ rule }) => rule === 'key.repeated');
    (met ?? this.kindOf({ rule: 'key.repeated', header: '', field })).count += count;
  }

  /** The most frequent first. */
  mostFrequent(): Trial['problems'] {
    return [...this.kinds.values()].sort((a, b) => b.count - a.count).slice(0, maxKinds);
  }

  private kindOf({
    rule,
    header,
    field,
  }: Pick<Trial['problems'][number], 'rule' | 'header' | 'field'>): Trial['problems'][number] {
    const name = `${rule}\n${header}\n${field}`;
    const known = this.kinds.get(name) ?? { rule, header, field, count: 0, lines: [] };
    this.kinds.set(name, known);
    return known;
  }
}

const trialDifference = ({ added, removed, changed, fields }: RowDifference): Trial['difference'] => ({
  added,
  removed,
  changed,
  fields,
});
