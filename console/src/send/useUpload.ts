import { useCallback, useEffect, useRef, useState } from 'react';
import { get, Refused, type Schemas } from '../api/call.ts';
import { useSession } from '../session.ts';
import { forgetUnfinished, keepUnfinished } from './unfinished.ts';
import { defined } from '../../../terms/defined.ts';
import { upload, type Progress, type Submission } from './upload.ts';

export interface Uploading {
  readonly state: 'idle' | 'running' | 'paused' | 'done';
  readonly progress: Progress | undefined;
  readonly batch: Schemas['Batch'] | undefined;
  /** the hub's refusal; a held batch is an outcome and no refusal */
  readonly error: unknown;
  readonly start: (one: Submission) => void;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly reset: () => void;
}

/** One upload after the other. Leaving the page pauses it: the hub retains the bytes sent. */
export function useUpload(): Uploading {
  const { session, turn } = useSession();
  const { person } = session;
  const [state, setState] = useState<Uploading['state']>('idle');
  const [progress, setProgress] = useState<Progress>();
  const [batch, setBatch] = useState<Schemas['Batch']>();
  const [error, setError] = useState<unknown>();
  const running = useRef<AbortController>(undefined);
  const wanted = useRef<Submission>(undefined);
  const endedAt = useRef<number>(undefined);

  const start = useCallback(
    (one: Submission) => {
      // a second click has no effect
      if (running.current !== undefined) return;
      const control = new AbortController();
      running.current = control;
      wanted.current = one;
      setState('running');
      setError(undefined);
      const opened = (id: string): void => {
        wanted.current = { ...one, batch: id };
        const { dataset, mapping, fileName, file, sha256, corrects, control: totals } = one;
        keepUnfinished(person, {
          ...{ batch: id, dataset, mapping, fileName, size: file.size, sha256 },
          ...defined({ corrects, control: totals }),
        });
      };
      const finished = (found: Schemas['Batch']): void => {
        forgetUnfinished(person, wanted.current?.batch ?? found.batch);
        setBatch(found);
        setState('done');
      };
      upload(one, { signal: control.signal, opened, progress: setProgress })
        .then(finished)
        .catch(async (failure: unknown) => {
          if (control.signal.aborted) {
            setState('paused');
            return;
          }
          const ended = failure instanceof Refused && failure.problem.status === 401;
          if (ended) endedAt.current = turn;
          const id = wanted.current?.batch;
          // a held or rejected batch has an outcome, which its page explains better
          const found =
            ended || id === undefined
              ? undefined
              : await get('/v1/batches/{batch}', { at: { batch: id } }).catch(() => undefined);
          if (found !== undefined && found.state !== 'receiving') finished(found);
          else setState('paused');
          if (found?.state !== 'held' && found?.state !== 'rejected') setError(failure);
        })
        .finally(() => {
          running.current = undefined;
        });
    },
    [person, turn],
  );
  const pause = useCallback(() => running.current?.abort(), []);
  const resume = useCallback(() => {
    if (wanted.current !== undefined) start(wanted.current);
  }, [start]);
  const reset = useCallback(() => {
    running.current?.abort();
    wanted.current = undefined;
    setState('idle');
    setProgress(undefined);
    setBatch(undefined);
    setError(undefined);
  }, []);
  // after a new sign-in during an upload, it continues by itself
  useEffect(() => {
    if (endedAt.current === undefined || endedAt.current === turn) return;
    endedAt.current = undefined;
    resume();
  }, [turn, resume]);
  useEffect(() => () => running.current?.abort(), []);
  return { state, progress, batch, error, start, pause, resume, reset };
}
