/**
 * Generates the file that was requested first. For each part: decide again → fetch → mask → entry with its bytes, sealed. An entry and a
 * signed manifest complete the file. A file that a crashed process began is restarted.
 */
import { createHash } from 'node:crypto';
import { signStreamStatement } from '../../../../certs/streamEnd.ts';
import type { DecisionRequest } from '../../../../policies/decision.ts';
import { entryFacts } from '../../../../policies/entryFacts.ts';
import { uuid7 } from '../../../../machine/uuid7.ts';
import { defined } from '../../../../terms/defined.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { EntryParts } from '../../../log/entry.ts';
import type { AuditLog } from '../../../log/draft.ts';
import { currentEpoch } from '../../../pipeline/requestChecks.ts';
import { problemOf as anyProblem } from '../../../pipeline/refused.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { advanceExport, endExport, nextExport, type ExportRow, type Progress } from './store/exports.ts';
import { dropExportBytes, putExportBytes } from '../../rows/store/exportChunks.ts';
import { isTemporary } from '../../intake/loading.ts';
import { decided, isUnusedAgreement } from '../allowedCall.ts';
import type { Query } from '../rowSource.ts';
import type { ReleaseServices } from '../services.ts';
import { PagePipeline } from '../pagePipeline.ts';
import { makePart, termsDigest, type Masked, type StreamRequest } from '../streamPart.ts';
import { openAsked } from './exports.ts';
import { exportFile } from './exportFile.ts';

/**
 * Appends an entry of the hub itself, as long as it holds the job. @throws Problem log_busy where the decision's data changed,
 * quota_exhausted
 */
export type AppendAct = (
  parts: Pick<EntryParts<undefined>, 'facts' | 'subjects' | 'claims' | 'answer' | 'request'> & {
    readonly work: (transaction: Transaction) => Promise<void>;
  },
) => Promise<unknown>;

export interface Making {
  readonly audit: Pick<AuditLog, 'epoch'>;
  readonly append: AppendAct;
  readonly signal: AbortSignal;
}

const nothing = Buffer.alloc(0);

/** How often a part is made again because the data it was decided on changed. */
const maxAttempts = 8;

/** @returns whether there was a file to generate */
export async function makeNextExport(services: ReleaseServices, making: Making): Promise<boolean> {
  const row = await nextExport(services.pool);
  if (row === undefined) return false;
  const progress = { parts: 0, rows: 0, bytes: 0 };
  const { registry } = services;
  let epoch: number | undefined;
  const currentRegistry = async (): Promise<number> =>
    (epoch = await currentEpoch(() => registry.refresh(), making.audit));
  try {
    await make({ ...services, currentRegistry }, making, row, openAsked(services.sealer, row), progress);
  } catch (error) {
    // an agreement that cannot be used ends its export: the exports of others wait behind it
    const isFinal = isUnusedAgreement(error);
    if (making.signal.aborted || (isTemporary(error) && !isFinal) || isGone(error)) throw error;
    const { code, status } = anyProblem(error);
    if (status >= 500 && !isFinal) services.report({ exchange: row.id, operation: 'makeExports', error });
    await making
      .append({
        facts: {
          consumer: row.department,
          dataset: row.dataset,
          stream: { id: row.id, state: 'aborted', ...progress, why: code },
        },
        // a process that did not know the newest registrations refuses nothing by the former ones
        claims: defined({ epoch }),
        work: async (transaction) => {
          await dropExportBytes(transaction, row.id);
          if (!(await endExport(transaction, row.id, progress, { code }))) throw gone();
        },
      })
      .catch((lost: unknown) => {
        if (!isBusy(lost)) throw lost; // else it is begun again
      });
  }
  return true;
}

const isBusy = (error: unknown): boolean => error instanceof Problem && error.code === 'log_busy';

const gone = (): Problem => new Problem('job_taken_over', { job: 'makeExports' });
const isGone = (error: unknown): boolean => error instanceof Problem && error.code === 'job_taken_over';

/** @param services with `currentRegistry`: reads the registry where it is not as new as the log, and says of which epoch it is */
async function make(
  services: ReleaseServices & { readonly currentRegistry: () => Promise<number> },
  making: Making,
  row: ExportRow,
  request: DecisionRequest,
  progress: { parts: number; rows: number; bytes: number },
): Promise<void> {
  const { id, department, format } = row;
  const { registry, sealer, signing, currentRegistry } = services;
  await currentRegistry();
  const { decision: first, refusal } = decided(request, registry.current, services.database.now());
  if (refusal !== undefined) throw refusal;
  if (!termsDigest(first).equals(row.terms)) throw new Problem('stream_terms_changed');
  const facts = entryFacts(request, first);
  const requested: StreamRequest = { request, query: queryOf(request), first, department, facts };
  const file = exportFile(format, first);
  const hash = createHash('sha256');
  const put = async (transaction: Transaction, at: number, bytes: Uint8Array): Promise<void> => {
    await putExportBytes(transaction, sealer, { id, at, bytes });
  };
  // rows of the next parts are read and masked while this one is logged and stored
  const ahead = new PagePipeline<Masked>(() => services.database.now());
  const noted: number[] = [];
  let typeErrors = 0;
  let cursor: string | undefined;
  try {
    do {
      const from = cursor;
      const tally = { ...progress, typeErrors };
      const { part, reached } = await again(making.signal, async () => {
        const epoch = await currentRegistry();
        const now = services.database.now();
        const place = { exchange: id, entry: { id: uuid7(now), now }, tally, cursor: from, ahead };
        const part = await makePart(services, requested, place, file.writer);
        const bytes = file.keep === undefined ? part.bytes : nothing;
        const reached: Progress = {
          parts: tally.parts + 1,
          rows: tally.rows + part.rows,
          bytes: tally.bytes + bytes.length,
        };
        checkSize(services, reached);
        const { stream } = part.facts;
        await making.append({
          facts: {
            ...part.facts,
            ...(stream === undefined ? {} : { stream: { ...stream, bytes: bytes.length } }),
          },
          subjects: part.subjects,
          claims: { ...part.claims, epoch },
          work: async (transaction) => {
            await put(transaction, tally.bytes, bytes);
            if (!(await advanceExport(transaction, id, reached))) throw gone();
          },
        });
        return { part, reached };
      });
      file.keep?.(part);
      Object.assign(progress, reached);
      typeErrors += part.typeErrors;
      for (const { records: places } of part.notes) noted.push(...places);
      if (file.keep === undefined) hash.update(part.bytes);
      cursor = part.next;
    } while (cursor !== undefined);
  } finally {
    ahead.stop();
  }
  const rest = await file.end();
  hash.update(rest);
  const whole: Progress = { ...progress, bytes: progress.bytes + rest.length };
  checkSize(services, whole);
  const digest = hash.digest();
  const sha256 = digest.toString('base64url');
  // the entry of each part records it too
  const notes = noted.length === 0 ? {} : { notes: [{ code: 'under-correction', records: noted }] };
  const manifest = signStreamStatement(
    { v: 1, stream: id, request: row.request, state: 'complete', ...whole, sha256, ...notes },
    signing,
  );
  await making.append({
    facts: { ...facts, stream: { id, state: 'complete', ...whole } },
    request: row.request,
    answer: { status: 200, digest },
    work: async (transaction) => {
      if (rest.length > 0) await put(transaction, progress.bytes, rest);
      if (!(await endExport(transaction, id, whole, { manifest }))) throw gone();
    },
  });
}

/** @throws Problem export_too_large */
function checkSize({ limits }: Pick<ReleaseServices, 'limits'>, { bytes }: Progress): void {
  const maxBytes = limits.exportBytes;
  if (bytes > maxBytes)
    throw new Problem('export_too_large', { most: { zh: `${maxBytes} 字节`, en: `${maxBytes} bytes` } });
}

const queryOf = ({ fields, filter }: DecisionRequest): Query => ({
  ...(fields === undefined ? {} : { fields }),
  ...(filter.length === 0 ? {} : { filter }),
});

/** Repeats the work if the data it was decided on changed before its entry was durable. */
async function again<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || attempt === maxAttempts) throw error;
    }
  }
}
