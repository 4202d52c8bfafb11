import type { Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';
import { batchSentence } from '../../domain/batch.ts';
import type { Finding } from '../../domain/guards.ts';
import type { BatchProgress, BatchRow } from './store/batches.ts';
import type { LeafFacts } from '../../log/entry.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { defined, present } from '../../../terms/defined.ts';

/** The public view of a batch: `Batch` of openapi.yaml. */
export function batchAnswer(batch: BatchRow) {
  return {
    batch: batch.id,
    dataset: batch.dataset,
    department: batch.department,
    ...present({ fileName: batch.fileName }),
    openedAt: new Date(batch.openedAt).toISOString(),
    ...(batch.finishedAt === null ? {} : { finishedAt: new Date(batch.finishedAt).toISOString() }),
    state: batch.state,
    ...present({ calls: batch.calls }),
    offset: batch.bytes,
    ...(batch.state !== 'checking' || batch.progress === null
      ? {}
      : { progress: progressView(batch.progress, batch.bytes) }),
    ...defined({ counts: batch.counts }),
    ...sentenceOf(batch),
    ...(batch.destroyed === 0 ? {} : { destroyed: batch.destroyed }),
    ...present({ sha256: batch.sha256, mapping: batch.mapping, problem: batch.problem }),
    ...(batch.findings.length === 0
      ? {}
      : { findings: batch.findings.map((one) => findingView(one, batch.state)) }),
    ...(batch.heldUntil === null ? {} : { heldUntil: new Date(batch.heldUntil).toISOString() }),
    ...present({
      approvedBy: batch.approvedBy,
      corrects: batch.corrects,
      retranslates: batch.retranslates,
      sameAs: batch.sameAs,
      exchange: batch.exchange,
      receipt: batch.receipt,
    }),
  };
}

function sentenceOf(batch: BatchRow) {
  const sentence = batchSentence(batch);
  return sentence === undefined ? {} : { sentence };
}

/** `BatchProgress` of openapi.yaml. @param of bytes of the whole file */
function progressView({ bytes, records, bad, seconds }: BatchProgress, of: number) {
  const spent = Math.max(seconds, 0.001);
  return {
    bytes,
    of,
    records,
    bad,
    perSecond: Math.round(records / spent),
    ...(bytes === 0 ? {} : { secondsLeft: Math.ceil((spent / bytes) * Math.max(0, of - bytes)) }),
  };
}

/** What to do about a finding of a batch that is published, where the usual advice is to have it released. */
const oncePublished: Partial<Record<Finding['code'], Bilingual>> = {
  batch_bytes_elsewhere: {
    zh: '批次已发布，无须放行；报错了文件的，报送正确的文件',
    en: 'the batch is published and needs no release; if it is the wrong file, submit the right one',
  },
};

/** `BatchFinding` of openapi.yaml. @param state of its batch */
export function findingView({ code, severity, facts }: Finding, state: BatchRow['state']) {
  const { text, next } = new Problem(code, facts);
  const isPublished = state === 'published' || state === 'superseded';
  return { code, severity, text, next: (isPublished ? oncePublished[code] : undefined) ?? next, facts };
}

/** The facts of an exchange about a batch, for the log. */
export function batchFacts(batch: BatchRow, dataset: LiveDataset | undefined): LeafFacts {
  return {
    dataset: batch.dataset,
    provider: batch.department,
    ...defined({ schema: dataset?.schema.urn }),
    ...(batch.sha256 === null
      ? {}
      : {
          batch: {
            id: batch.id,
            sha256: batch.sha256,
            rows: batch.counts?.rows ?? 0,
            bad: batch.counts?.bad ?? 0,
          },
        }),
  };
}
