import { Button } from 'antd';
import { useEffect, useState, type ReactNode } from 'react';
import { badRowsFile, cellsOf, columnsOf, writtenRows, type Source } from '../../../terms/badRowsFile.ts';
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
import { allFailed, failedPage, type FailedPage } from './quarantine.ts';

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
  const id = batch.batch;
  const { rows, bad, after, next, source, isRead, error } = useFailedRows(id);
  const [first] = useState(() => new Map<number, readonly string[]>());
  const [changed, setChanged] = useState<ReadonlyMap<number, readonly string[]>>(first);
  const [refused, setRefused] = useState<unknown>();
  const [notes, setNotes] = useState<readonly string[]>([]);
  const uploading = useUpload();
  const isSent = uploading.state === 'done';
  useEffect(() => {
    if (isSent) done();
  }, [isSent, done]);
  useUnsavedWarning(changed.size > 0 && !isSent);
  const canMend = isMendable(source) && bad <= mostHere;
  const mapping = batch.mapping ?? '';
  const base = (batch.fileName ?? id).replace(/\.[^.]*$/, '');
  const encodingNotes = (fallback: string | undefined): readonly string[] =>
    fallback === undefined ? [] : [say('fallbackEncoding', { encoding: fallback })];
  const download = (): void => {
    allFailed(id).then((all) => {
      const written = badRowsFile(all.rows, all.source, pick);
      const isPart = all.rows.length < all.bad;
      setNotes([
        ...encodingNotes(written.fallback),
        ...(isPart ? [say('heldRowsStored', { bad: all.bad, kept: all.rows.length })] : []),
      ]);
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
        setNotes(encodingNotes(written.fallback));
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
        error={refused ?? uploading.error ?? error}
        cli={
          uploading.error === undefined
            ? `npx datong batch quarantine ${id}`
            : `npx datong send FILE --dataset ${batch.dataset} --mapping ${mapping} --corrects ${id}`
        }
      />
      {!isRead ? null : bad === 0 ? (
        <p>{say('noProblems')}</p>
      ) : (
        <>
          <Lead source={source} bad={bad} />
          <BadRowTable
            rows={rows}
            columns={columnsOf(rows, source)}
            changed={changed}
            change={
              canMend && uploading.state === 'idle'
                ? (nth, cells) => setChanged((before) => new Map([...before, [nth, cells]]))
                : undefined
            }
          />
          <RowPager after={after} next={next} />
          {notes.map((note) => (
            <p key={note} role="status">
              {note}
            </p>
          ))}
          <div className="row-form gap no-print">
            {canMend ? (
              <MendButton changes={changed.size} isIdle={uploading.state === 'idle'} send={send} />
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

interface FailedRows extends FailedPage {
  /** place in the address after which the page begins */
  readonly after: string;
  readonly isRead: boolean;
  readonly error: unknown;
}

/** One page of the failed rows, and the form of their file. */
function useFailedRows(batch: string): FailedRows {
  const { turn } = useSession();
  const { filter } = useRoute();
  const after = filter['after'] ?? '';
  const { value, error } = useAnswer(`${batch} ${after} ${turn}`, () => failedPage(batch, after, page));
  // the same on every page
  const first = useAnswer(`source ${batch} ${turn}`, () => failedPage(batch, '', 1)).value;
  const { rows = [], bad = 0, next } = value ?? {};
  return { rows, bad, after, next, source: first?.source, isRead: value !== undefined, error };
}

/** Asks before the window is closed while changes are not sent. */
function useUnsavedWarning(isUnsaved: boolean): void {
  useEffect(() => {
    if (!isUnsaved) return undefined;
    const stay = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', stay);
    return () => window.removeEventListener('beforeunload', stay);
  }, [isUnsaved]);
}

/** Rows are corrected on this page only where their file had plain cells with known columns. */
const isMendable = (source: Source | undefined): boolean =>
  source?.format === 'csv' && source.columns !== undefined;

/** How these rows are corrected, and what prevents it on this page. */
function Lead(props: { readonly source: Source | undefined; readonly bad: number }): ReactNode {
  const { source, bad } = props;
  const { say } = useWords();
  const here = isMendable(source);
  return (
    <>
      <p className="muted">{here ? say('heldRowsLead') : say('downloadBadHint')}</p>
      {!here && source !== undefined ? <p>{say('mendNotHere', { format: source.format })}</p> : null}
      {bad > mostHere ? <p>{say('mendMoreThanShown', { most: mostHere })}</p> : null}
    </>
  );
}

/** Back to the first rows, and on to the next ones. */
function RowPager(props: { readonly after: string; readonly next: number | undefined }): ReactNode {
  const { after, next } = props;
  const { say } = useWords();
  const { refine } = useRoute();
  if (after === '' && next === undefined) return null;
  return (
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
  );
}

/** Sends the corrected rows together with the good ones. */
function MendButton(props: {
  readonly changes: number;
  readonly isIdle: boolean;
  readonly send: () => void;
}): ReactNode {
  const { changes, isIdle, send } = props;
  const { say } = useWords();
  return (
    <Button
      type="primary"
      disabled={changes === 0 || !isIdle}
      title={changes === 0 ? say('mendNone') : undefined}
      onClick={send}
    >
      {say('mendHere', { n: changes })}
    </Button>
  );
}
