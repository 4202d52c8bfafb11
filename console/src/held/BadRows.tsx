import { Button } from 'antd';
import { useEffect, useState, type ReactNode } from 'react';
import { badRowsFile, cellsOf, columnsOf, writtenRows } from '../../../terms/badRowsFile.ts';
import type { Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Link } from '../parts/Link.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { saveFile } from '../parts/saveFile.ts';
import { addressOf, useRoute } from '../route.ts';
import { digestOf } from '../send/digest.ts';
import { Outcome } from '../send/Outcome.tsx';
import { UploadProgress } from '../send/UploadProgress.tsx';
import { useUpload } from '../send/useUpload.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { BadRowTable } from './BadRowTable.tsx';
import { allFailed, failedPage } from './quarantine.ts';

const page = 20;
/** More rows are corrected in a spreadsheet. */
const mostHere = 1_000;

/** The rows of a batch that failed: corrected in place and sent again with its good ones, or downloaded. */
export function BadRows(props: {
  readonly batch: Schemas['Batch'];
  /** called when the corrected rows were checked: the state of this batch may have changed */
  readonly done: () => void;
}): ReactNode {
  const { batch, done } = props;
  const { say, pick } = useWords();
  const { turn } = useSession();
  const { filter, refine } = useRoute();
  const after = filter['after'] ?? '';
  const id = batch.batch;
  const answer = useAnswer(`${id} ${after} ${turn}`, () => failedPage(id, after, page));
  const [first] = useState(() => new Map<number, readonly string[]>());
  const [changed, setChanged] = useState<ReadonlyMap<number, readonly string[]>>(first);
  const [refused, setRefused] = useState<unknown>();
  const [note, setNote] = useState<string>();
  const source = useAnswer(`source ${id} ${turn}`, () => failedPage(id, '', 1)).value?.source;
  const uploading = useUpload();
  const isSent = uploading.state === 'done';
  useEffect(() => {
    if (isSent) done();
  }, [isSent, done]);
  const dirty = changed.size > 0 && uploading.state !== 'done';
  useEffect(() => {
    if (!dirty) return undefined;
    const stay = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', stay);
    return () => window.removeEventListener('beforeunload', stay);
  }, [dirty]);
  const { rows = [], bad = 0, next } = answer.value ?? {};
  const columns = columnsOf(rows, source);
  const here = source?.format === 'csv' && source.columns !== undefined;
  const mapping = batch.mapping ?? '';
  const base = (batch.fileName ?? id).replace(/\.[^.]*$/, '');
  const noteEncoding = (fallback: string | undefined): void =>
    setNote(fallback === undefined ? undefined : say('fallbackEncoding', { encoding: fallback }));
  const download = (): void => {
    allFailed(id).then((all) => {
      const written = badRowsFile(all.rows, all.source, pick);
      noteEncoding(written.fallback);
      saveFile(new Blob([written.bytes as BlobPart], { type: 'text/csv' }), `${base}-bad.csv`);
    }, setRefused);
  };
  const send = (): void => {
    setRefused(undefined);
    allFailed(id)
      .then(async (all) => {
        const names = columnsOf(all.rows, all.source);
        const mended = all.rows.map(({ nth, raw }) => changed.get(nth) ?? cellsOf(raw, names.length));
        const written = writtenRows(names, mended, all.source);
        noteEncoding(written.fallback);
        const file = new Blob([written.bytes as BlobPart]);
        const sha256 = await digestOf(file, new AbortController().signal, () => undefined);
        const fileName = `${base.slice(0, 180)}-mended.csv`;
        uploading.start({ dataset: batch.dataset, mapping, fileName, file, sha256, corrects: id });
      })
      .catch(setRefused);
  };
  return (
    <section className="card">
      <h2>{say('heldRows')}</h2>
      <Refusal
        error={refused ?? uploading.error ?? answer.error}
        cli={
          uploading.error === undefined
            ? `npx datong batch quarantine ${id}`
            : `npx datong send FILE --dataset ${batch.dataset} --mapping ${mapping} --corrects ${id}`
        }
      />
      {answer.value === undefined ? null : bad === 0 ? (
        <p>{say('noProblems')}</p>
      ) : (
        <>
          <p className="muted">{here ? say('heldRowsLead') : say('downloadBadHint')}</p>
          {!here && source !== undefined ? <p>{say('mendNotHere', { format: source.format })}</p> : null}
          {bad > mostHere ? <p>{say('mendMoreThanShown', { most: mostHere })}</p> : null}
          <BadRowTable
            rows={rows}
            columns={columns}
            changed={changed}
            change={
              here && bad <= mostHere && uploading.state === 'idle'
                ? (nth, cells) => setChanged((before) => new Map([...before, [nth, cells]]))
                : undefined
            }
          />
          {after === '' && next === undefined ? null : (
            <div className="pager">
              <Button disabled={after === ''} onClick={() => refine({ after: '' })}>
                {say('first')}
              </Button>
              <Button
                disabled={next === undefined}
                onClick={() => refine({ after: next === undefined ? '' : String(next) })}
              >
                {say('more')}
              </Button>
            </div>
          )}
          {note === undefined ? null : <p role="status">{note}</p>}
          <div className="row-form gap no-print">
            {here && bad <= mostHere ? (
              <Button
                type="primary"
                disabled={changed.size === 0 || uploading.state !== 'idle'}
                title={changed.size === 0 ? say('mendNone') : undefined}
                onClick={send}
              >
                {say('mendHere', { n: changed.size })}
              </Button>
            ) : null}
            <Button onClick={download} title={say('downloadBadHint')}>
              {say('downloadBad')}
            </Button>
            <Link
              to={addressOf('send', [], {
                dataset: batch.dataset,
                mapping: mapping.replace(/@.*$/, ''),
                corrects: id,
              })}
            >
              {say('mendFile')}
            </Link>
          </div>
        </>
      )}
      <UploadProgress uploading={uploading} />
      {uploading.batch === undefined ? null : <Outcome batch={uploading.batch} />}
    </section>
  );
}
