import { Alert, Button } from 'antd';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { readControlText, type ControlText } from '../../../terms/controlText.ts';
import { get, type Schemas } from '../api/call.ts';
import { isWord } from '../parts/State.tsx';
import { useWords } from '../words/words.ts';
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
  const { say, when } = useWords();
  const { bytes } = useSizes();
  const id = useId();
  const [file, setFile] = useState<File>();
  const [read, setRead] = useState(0);
  const [sha256, setSha256] = useState<string>();
  const [before, setBefore] = useState<Schemas['Batch']>();
  const [control, setControl] = useState<ControlText | { readonly unreadable: number }>();
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
    digestOf(chosen, stop.signal, setRead)
      .then(async (digest) => {
        setSha256(digest);
        const { batches } = await get('/v1/batches', { query: { dataset, sha256: digest, limit: '1' } });
        if (!stop.signal.aborted) setBefore(batches[0]);
      })
      .catch(() => undefined); // another file was chosen since; the upload itself reports the hub's answer
  };
  const chooseControl = (chosen: File | undefined): void => {
    if (chosen === undefined) setControl(undefined);
    else void chosen.text().then((text) => setControl(readControlText(text)));
  };
  const unreadable = control !== undefined && 'unreadable' in control ? control.unreadable : undefined;
  const totals = control === undefined || 'unreadable' in control ? undefined : control;
  const state = `st_${before?.state ?? ''}`;
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
        <input id={id} type="file" onChange={({ target }) => choose(target.files?.[0])} />
      </label>
      {file !== undefined && sha256 === undefined ? (
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
      {before === undefined ? null : (
        <Alert
          role="status"
          type="info"
          showIcon
          title={say('sendBefore', {
            when: when(before.openedAt),
            state: isWord(state) ? say(state) : before.state,
          })}
        />
      )}
      <div className="filters">
        <label className="choice">
          <span>
            {say('sendControl', { need: say(controlNeeded ? 'sendControlNeeded' : 'sendControlOptional') })}
          </span>
          <input type="file" onChange={({ target }) => chooseControl(target.files?.[0])} />
        </label>
        <Button
          type="primary"
          disabled={
            sha256 === undefined || unreadable !== undefined || (controlNeeded && totals === undefined)
          }
          onClick={() => {
            if (file !== undefined && sha256 !== undefined) send({ file, sha256, control: totals });
          }}
        >
          {say('sendStart')}
        </Button>
      </div>
      {unreadable === undefined ? null : <p role="alert">{say('sendControlLine', { line: unreadable })}</p>}
    </section>
  );
}
