import { Alert, Button } from 'antd';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { readControlText, type ControlText } from '../../../terms/controlText.ts';
import { get, type Schemas } from '../api/call.ts';
import { isWord } from '../parts/State.tsx';
import { useWords } from '../words/words.ts';
import { UnreadableFile } from '../parts/UnreadableFile.tsx';
import { digestOf } from './digest.ts';
import { useSizes } from './useSizes.ts';

export interface Chosen {
  readonly file: File;
  readonly sha256: string;
  readonly control: Schemas['ControlTotals'] | undefined;
}

/** A file, dropped or chosen. Its digest is computed here and compared with earlier submissions. */
export function FileForm(props: {
  readonly dataset: string;
  readonly controlNeeded: boolean;
  readonly send: (chosen: Chosen) => void;
}): ReactNode {
  const { dataset, controlNeeded, send } = props;
  const { say } = useWords();
  const { bytes } = useSizes();
  const id = useId();
  const { file, read, sha256, before, failed, choose } = useDigested(dataset);
  const control = useControlFile();
  return (
    <section className="card">
      <label
        className="drop"
        htmlFor={id}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          choose(event.dataTransfer.files[0]);
        }}
      >
        <span>{file === undefined ? say('sendDrop') : `${file.name} · ${bytes(file.size)}`}</span>
        <input
          id={id}
          type="file"
          onClick={({ currentTarget }) => {
            // so that choosing the same file again is a change
            currentTarget.value = '';
          }}
          onChange={({ target }) => choose(target.files?.[0])}
        />
      </label>
      <UnreadableFile shown={failed} />
      {file !== undefined && sha256 === undefined && !failed ? (
        <p role="status">
          {say('sendReading')}{' '}
          <progress aria-label={say('sendReading')} value={read} max={Math.max(1, file.size)} />
        </p>
      ) : null}
      {sha256 === undefined ? null : (
        <p className="muted">
          {say('sendDigest')} <code>{sha256}</code>
        </p>
      )}
      {before === undefined ? null : <SentBefore batch={before} />}
      <div className="filters">
        <label className="choice">
          <span>
            {say('sendControl', { need: say(controlNeeded ? 'sendControlNeeded' : 'sendControlOptional') })}
          </span>
          <input type="file" onChange={({ target }) => control.choose(target.files?.[0])} />
        </label>
        <Button
          type="primary"
          disabled={
            sha256 === undefined || control.isWrong || (controlNeeded && control.totals === undefined)
          }
          onClick={() => {
            if (file !== undefined && sha256 !== undefined) send({ file, sha256, control: control.totals });
          }}
        >
          {say('sendStart')}
        </Button>
      </div>
      <UnreadableFile shown={control.isFailed} />
      {control.unreadable === undefined ? null : (
        <p role="alert">{say('sendControlLine', { line: control.unreadable })}</p>
      )}
    </section>
  );
}

interface Digested {
  readonly file: File | undefined;
  /** bytes read so far */
  readonly read: number;
  /** undefined until the file is read */
  readonly sha256: string | undefined;
  /** an earlier submission of the same bytes */
  readonly before: Schemas['Batch'] | undefined;
  readonly failed: boolean;
  readonly choose: (chosen: File | undefined) => void;
}

/** The chosen file and its digest. Choosing another file stops the reading. */
function useDigested(dataset: string): Digested {
  const [file, setFile] = useState<File>();
  const [read, setRead] = useState(0);
  const [sha256, setSha256] = useState<string>();
  const [before, setBefore] = useState<Schemas['Batch']>();
  const [failed, setFailed] = useState(false);
  const reading = useRef<AbortController>(undefined);
  useEffect(() => () => reading.current?.abort(), []);
  const choose = (chosen: File | undefined): void => {
    if (chosen === undefined) return;
    reading.current?.abort();
    const stop = new AbortController();
    reading.current = stop;
    setFile(chosen);
    setRead(0);
    setSha256(undefined);
    setBefore(undefined);
    setFailed(false);
    digestOf(chosen, stop.signal, setRead).then(
      (digest) => {
        setSha256(digest);
        get('/v1/batches', { query: { dataset, sha256: digest, limit: '1' } }).then(
          ({ batches }) => {
            if (!stop.signal.aborted) setBefore(batches[0]);
          },
          () => undefined, // only a hint; the upload reports the hub's answer
        );
      },
      () => {
        // aborted: another file was chosen
        if (!stop.signal.aborted) setFailed(true);
      },
    );
  };
  return { file, read, sha256, before, failed, choose };
}

interface ControlFile {
  /** undefined without a file, and for one that cannot be used */
  readonly totals: ControlText | undefined;
  /** number of its line that cannot be read */
  readonly unreadable: number | undefined;
  /** the browser could not read the file */
  readonly isFailed: boolean;
  readonly isWrong: boolean;
  readonly choose: (chosen: File | undefined) => void;
}

/** The file of control totals. */
function useControlFile(): ControlFile {
  const [control, setControl] = useState<ControlText | { readonly unreadable: number } | 'failed'>();
  const choose = (chosen: File | undefined): void => {
    if (chosen === undefined) setControl(undefined);
    else
      chosen.text().then(
        (text) => setControl(readControlText(text)),
        () => setControl('failed'),
      );
  };
  const isFailed = control === 'failed';
  const parsed = isFailed ? undefined : control;
  const unreadable = parsed !== undefined && 'unreadable' in parsed ? parsed.unreadable : undefined;
  const totals = parsed === undefined || 'unreadable' in parsed ? undefined : parsed;
  return { totals, unreadable, isFailed, isWrong: isFailed || unreadable !== undefined, choose };
}

/** The same bytes were sent before. */
function SentBefore({ batch }: { readonly batch: Schemas['Batch'] }): ReactNode {
  const { say, when } = useWords();
  const state = `st_${batch.state}`;
  return (
    <Alert
      role="status"
      type="info"
      showIcon
      title={say('sendBefore', {
        when: when(batch.openedAt),
        state: isWord(state) ? say(state) : batch.state,
      })}
    />
  );
}
