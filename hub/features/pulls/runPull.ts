/**
 * One run of a pull: the intake flow for rows that the hub fetches from a department's own database.
 *
 *   may this dataset be filled? → start position → read page by page, sealing each → everything there? → commit as any other batch
 *
 * Only the position of the last read row is stored, and it counts according to the state of its batch. The hub process may stop at any
 * moment.
 */
import { createHash } from 'node:crypto';
import { dayInChina } from '../../../terms/civilDate.ts';
import { datasetId, providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { windowOpen, type PullMark } from '../../domain/pull.ts';
import { batchById } from '../../flows/intake/store/batches.ts';
import type { PullRow } from './store/pulls.ts';
import { beginRun, endBrokenRuns, endRun, newestMark, type StoredMark } from './store/runs.ts';
import { expiration } from '../../flows/retention/expire.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import { openSource, type From, type Source } from './openSource.ts';
import { openSecret } from './secret.ts';
import type { PullServices, Running } from './running.ts';
import { allowedPlace } from './sourcePlace.ts';
import { pullTarget, type PullTarget } from './pullTarget.ts';
import { PulledFile } from './pulledFile.ts';
import type { IntakeServices } from '../../flows/intake/services.ts';
import { closeAsSame } from '../../flows/intake/store/endBatch.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import { finishInBackground } from '../../flows/intake/background.ts';
import { beginLoading, runLoading } from '../../flows/intake/loading.ts';
import { sameBytes } from '../../flows/intake/correction.ts';

/**
 * @returns whether the next run may follow at once
 * @throws errors of the database or the log; problems of source or dataset are the outcome of the run
 */
export async function runPull(
  services: PullServices,
  row: PullRow,
  period: string,
  running: Running,
): Promise<boolean> {
  const { database, sealer } = services.intake;
  const { dataset, document } = row;
  for (const { batch } of await endBrokenRuns(database.app, dataset, running.now()))
    await discard(services, batch, running);
  const reading = readingOf(row);
  const stored =
    document.changed === undefined ? undefined : await newestMark(database.app, dataset, reading);
  // a person or a checker still decides about the batch, so it is not known whether its rows must be read again
  if (stored?.batchState === 'checking' || stored?.batchState === 'held') return false;
  const id = uuid7(running.now());
  const begunAt = running.now();
  const today = dayInChina(begunAt);
  const { digest } = row;
  if (!(await beginRun(database.app, { id, dataset, digest, reading, period, begunAt, today }))) return false;
  const file = new PulledFile(services.intake, { run: id, dataset }, running);
  const end = (outcome: string, complete: boolean, mark?: PullMark): Promise<boolean> =>
    endRun(database.app, {
      id,
      at: running.now(),
      outcome,
      complete,
      rows: file.rows,
      mark:
        mark === undefined ? undefined : sealer.seal(Buffer.from(JSON.stringify(mark), 'utf8'), `pull ${id}`),
    });
  try {
    const target = pullTarget(services.intake.registry, dataset, document);
    const place = allowedPlace(services.places, target.dataset.row.department, document.source);
    const source = await openSource(document, place, openSecret(sealer, row));
    let read;
    try {
      read = await readAll(source, row, fromOf(stored, sealer), file, running);
    } finally {
      await source.close();
    }
    if (read === 'nothing_new') {
      await end(read, true);
      return false;
    }
    const { batch, sha256, bytes } = await file.finish();
    // before the commit: if the process stops in between, the batch was never committed and is read again
    if (!(await end('read', read.complete, read.mark))) throw new Problem('pull_broken_off');
    const visible = await commitPulled(
      services.intake,
      target,
      { batch, sha256, bytes, rows: file.rows },
      running,
    );
    return visible && !read.complete;
  } catch (error) {
    if (!(error instanceof Problem) || error.status === 503) throw error;
    await discard(services, file.batch, running);
    const provider = providerOf(datasetId(dataset));
    if (await end(error.code, false))
      await running.act({ dataset, provider, change: { run: id, outcome: error.code } });
    return false;
  }
}

/** Digest input for a stored position: it is invalid for another query or database. */
const readingOf = ({ document: { source, query, key, changed } }: Pick<PullRow, 'document'>): string =>
  createHash('sha256')
    .update(JSON.stringify([source, query, key, changed]))
    .digest('hex');

function fromOf(stored: StoredMark | undefined, sealer: IntakeServices['sealer']): From {
  if (stored === undefined) return { kind: 'start' };
  const { run, complete } = stored;
  const mark = JSON.parse(Buffer.from(sealer.open(stored.mark, `pull ${run}`)).toString('utf8')) as PullMark;
  return { kind: complete ? 'since' : 'behind', mark };
}

/** Temporary faults of a source: the rows read before them are valid. */
const breaks: readonly string[] = ['pull_source_unreachable', 'pull_source_slow', 'pull_source_failed'];

const isBreak = (error: unknown): boolean => error instanceof Problem && breaks.includes(error.code);

/** Reads the file of one run. @throws Problem of the source; pull_order_broken, pull_too_many_rows, pull_window_closed, pull_broken_off */
export async function readAll(
  source: Source,
  { document }: PullRow,
  from: From,
  file: PulledFile,
  running: Running,
): Promise<'nothing_new' | { readonly complete: boolean; readonly mark: PullMark | undefined }> {
  const partial = document.changed !== undefined;
  const counted = await rowsToRead(source, document, from);
  if (counted === undefined) return 'nothing_new';
  await file.begin(source.columns);
  let mark: PullMark | undefined;
  let stopped = false;
  try {
    for await (const page of source.pages(from)) {
      await file.add(page.rows);
      mark = page.mark;
      stopped = stopsAfter({ read: file.rows, counted }, document, running);
      if (stopped || file.rows > counted) break;
    }
  } catch (error) {
    // changes are read in order: rows before the interruption are valid, and the next run continues after them
    if (!(partial && mark !== undefined && isBreak(error))) throw error;
    return { complete: false, mark };
  }
  const complete = file.rows === counted;
  if (file.rows > counted || !(complete || stopped))
    throw new Problem('pull_order_broken', { counted, read: file.rows });
  return { complete, mark: partial ? mark : undefined };
}

/** @returns undefined where nothing changed since the mark @throws Problem pull_too_many_rows */
async function rowsToRead(
  source: Source,
  { changed, rows }: PullDocument,
  from: From,
): Promise<number | undefined> {
  if (from.kind === 'since' && !(await source.newer(from.mark))) return undefined;
  const counted = await source.count(from);
  if (changed !== undefined) return counted === 0 ? undefined : counted;
  if (counted > rows) throw new Problem('pull_too_many_rows', { counted, limit: rows });
  return counted;
}

/**
 * Whether a run that reads changes ends after this page, and the next one continues. A run that reads all rows has to read the whole file.
 * @throws Problem pull_broken_off, pull_window_closed
 */
function stopsAfter(
  { read, counted }: { readonly read: number; readonly counted: number },
  { changed, rows, schedule }: PullDocument,
  { now, signal, asked: requested }: Running,
): boolean {
  if (signal.aborted) throw new Problem('pull_broken_off');
  const closed = !requested && !windowOpen(schedule, now());
  if (changed !== undefined) return closed || read >= rows;
  if (closed && read < counted) throw new Problem('pull_window_closed');
  return false;
}

type PullDocument = PullRow['document'];

/** Deletes the bytes of a run without result. */
async function discard(
  { intake }: PullServices,
  id: string | null | undefined,
  running: Running,
): Promise<void> {
  const batch = id === null || id === undefined ? undefined : await batchById(intake.database.app, id);
  if (batch?.state !== 'receiving') return;
  await running.act({ operation: 'expireBatch', kind: 'retire', ...expiration(batch) });
}

/**
 * Commits the batch of a run as any other: translated, checked, published or held, with an entry by the hub. If nothing has changed since
 * the published batch, nothing is loaded.
 * @returns whether readers now see these rows
 * @throws Problem batch_claimed
 */
async function commitPulled(
  services: IntakeServices,
  { dataset, mapping }: PullTarget,
  file: { readonly batch: string; readonly sha256: string; readonly bytes: number; readonly rows: number },
  running: Running,
): Promise<boolean> {
  const batch = await batchById(services.database.app, file.batch);
  if (batch === undefined) throw new Problem('batch_unknown');
  const { sha256 } = file;
  const first = await sameBytes(services, batch, file, dataset, mapping);
  if (first !== undefined) {
    const as = { sha256, mapping: mapping.label, mappingDigest: mapping.digest, schema: dataset.schema.urn };
    await running.act({
      operation: 'commitBatch',
      kind: 'intake',
      dataset: batch.dataset,
      provider: batch.department,
      change: { batch: batch.id, sameAs: first.id },
      work: async (transaction) => {
        if (!(await closeAsSame(transaction, batch.id, as, first))) throw new Problem('batch_claimed');
      },
    });
    return true;
  }
  // the source's own row count, if the dataset requires one from senders
  const control = intakeRulesOf(dataset.row).controlTotals ? { rows: file.rows } : null;
  const loading = await beginLoading(services, { ...batch, control }, sha256, dataset, mapping);
  await finishInBackground(services, loading, runLoading(services, loading));
  return (await batchById(services.database.app, batch.id))?.state === 'published';
}
