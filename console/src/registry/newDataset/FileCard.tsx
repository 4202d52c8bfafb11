import { useId, useState, type ReactNode } from 'react';
import type { Schemas } from '../../api/call.ts';
import { UnreadableFile } from '../../parts/UnreadableFile.tsx';
import { useWords } from '../../words/words.ts';
import { sampleOf } from './sampleFile.ts';

/** A file, dropped or chosen; it is sent for a draft and stored nowhere. */
export function FileCard(props: {
  readonly label: string;
  readonly hint: string;
  readonly chosen: (file: Schemas['SampleFile']) => void;
}): ReactNode {
  const { label, hint, chosen } = props;
  const { say } = useWords();
  const id = useId();
  const [name, setName] = useState('');
  const [isTooLong, setTooLong] = useState(false);
  const [failed, setFailed] = useState(false);
  const choose = (file: File | undefined): void => {
    if (file === undefined) return;
    sampleOf(file).then(
      (sample) => {
        setName(file.name);
        setFailed(false);
        setTooLong(sample === undefined);
        if (sample !== undefined) chosen(sample);
      },
      () => setFailed(true),
    );
  };
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
        <span>{name === '' ? label : name}</span>
        <input id={id} type="file" aria-label={label} onChange={({ target }) => choose(target.files?.[0])} />
      </label>
      <p className="muted">{hint}</p>
      <UnreadableFile shown={failed} />
      {isTooLong ? <p role="alert">{say('ndTooLong')}</p> : null}
    </section>
  );
}
