/**
 * Submits the newest checkpoint to every witness and stores the cosignatures (C2SP tlog-witness). It does so even if nothing was appended,
 * because a cosignature proves when the log was last seen. No reply waits for it. A failure becomes an entry and appears in `/readyz`. If
 * a witness has seen more than this log contains, or refuses its continuation, the log was truncated or rewritten.
 */
import { addCheckpointText } from '../../../../log/witness/addCheckpoint.ts';
import {
  cosignaturesOf,
  parseWitnessKey,
  type Cosignature,
  type WitnessKey,
} from '../../../../log/witness/cosignature.ts';
import { parseDecimalNumber } from '../../../../log/checkpoint.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { AuditLog } from '../../../log/draft.ts';
import { newestCheckpoint, type LogAccess } from '../../../log/evidence/logAccess.ts';
import { StoredTree } from '../../../log/prover.ts';
import type { WitnessPlace } from '../../../platform/config/hubConfig.ts';
import {
  storeCosignature,
  storeWitnessState,
  witnessStates,
  type WitnessState,
} from '../../../log/store/cosignatures.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';
import { defined } from '../../../../terms/defined.ts';

type WitnessedLog = LogAccess & { readonly audit: Pick<AuditLog, 'freshCheckpoint'> };
type Trouble = 'witness_unreachable' | 'witness_ahead' | 'witness_refused' | 'witness_signature_invalid';
type Answer = { readonly cosigned: Cosignature } | { readonly trouble: Trouble; readonly size?: number };
type Head = ReturnType<typeof newestCheckpoint>;

/** timeout of an answer in milliseconds */
const patience = 10_000;
/** maximum length of an answer in characters */
const maxAnswerLength = 65_536;

/** @throws Problem vkey_malformed: the hub does not start with it */
export function submitCheckpoints(access: WitnessedLog, places: readonly WitnessPlace[]): Job {
  const witnesses = places.map(({ url, vkey }) => ({
    url: url.replace(/\/$/, ''),
    key: parseWitnessKey(vkey),
  }));
  /** witnesses whose stored size was larger than the log of this process at the last run */
  const ahead = new Set<string>();
  return {
    name: 'submitCheckpoints',
    every: 10_000,
    lease: 60_000,
    run: async (run) => {
      // a process that appends nothing signs what the others have appended
      await access.audit.freshCheckpoint();
      const head = newestCheckpoint(access);
      const states = new Map((await witnessStates(access.database.app)).map((state) => [state.name, state]));
      for (const { url, key } of witnesses) {
        if (run.signal.aborted) break;
        const before = states.get(key.name) ?? { name: key.name, size: 0, cosignedAt: null, trouble: null };
        // a process that lags behind another process of this hub submits nothing older; one that still does at the next run reads an altered size
        const isBehind = head.size < before.size && !ahead.has(key.name);
        if (isBehind) ahead.add(key.name);
        else ahead.delete(key.name);
        if (isBehind) continue;
        const known = Math.min(before.size, head.size);
        await settle(access, run, before, head, await submitted(access, url, key, known, head));
      }
      return {};
    },
  };
}

async function settle(
  { database }: LogAccess,
  run: JobRun,
  before: WitnessState,
  head: Head,
  answer: Answer,
): Promise<void> {
  const now = run.now();
  const cosigned = 'cosigned' in answer ? answer.cosigned : undefined;
  const trouble = 'trouble' in answer ? answer.trouble : null;
  const after: WitnessState =
    cosigned === undefined
      ? { ...before, trouble }
      : { name: before.name, size: head.size, cosignedAt: cosigned.time * 1000, trouble: null };
  if (trouble !== before.trouble) {
    const size = 'trouble' in answer ? answer.size : undefined;
    await run.act({
      change: {
        witness: before.name,
        trouble: trouble ?? 'none',
        shown: head.size,
        ...defined({ witnessed: size }),
      },
    });
  }
  if (cosigned !== undefined)
    await storeCosignature(database.app, {
      size: head.size,
      witness: before.name,
      line: cosigned.line,
      note: head.note,
      at: now,
    });
  await storeWitnessState(database.app, after, now);
}

/** Submits again with the size that the witness knows, if the hub assumed another one. */
async function submitted(
  access: LogAccess,
  url: string,
  key: WitnessKey,
  known: number,
  head: Head,
): Promise<Answer> {
  let old = known;
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    let reply: { readonly status: number; readonly text: string };
    try {
      const proof = await new StoredTree(access.database.app, head.size).consistencyProof(old);
      reply = await post(`${url}/add-checkpoint`, addCheckpointText({ old, proof, checkpoint: head.note }));
    } catch (error) {
      if (error instanceof Problem) throw error;
      return { trouble: 'witness_unreachable' };
    }
    if (reply.status === 200) return cosignatureIn(reply.text, key, head);
    const latest = reply.status === 409 ? parseDecimalNumber(reply.text.trimEnd()) : undefined;
    if (latest === undefined)
      return { trouble: reply.status === 422 ? 'witness_refused' : 'witness_unreachable' };
    if (latest > head.size) return { trouble: 'witness_ahead', size: latest };
    old = latest;
  }
  return { trouble: 'witness_unreachable' };
}

function cosignatureIn(answer: string, key: WitnessKey, head: Head): Answer {
  try {
    const [cosigned] = cosignaturesOf(`${head.note}${answer}`, [key]);
    return cosigned === undefined ? { trouble: 'witness_signature_invalid' } : { cosigned };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { trouble: 'witness_signature_invalid' };
  }
}

async function post(url: string, body: string): Promise<{ readonly status: number; readonly text: string }> {
  const reply = await fetch(url, {
    method: 'POST',
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(patience),
  });
  const text = await reply.text();
  if (text.length > maxAnswerLength) throw new RangeError('too long an answer');
  return { status: reply.status, text };
}
