import { useId, useState, type ReactNode } from 'react';
import type { Schemas } from '../../api/call.ts';
import { UnreadableFile } from '../../parts/UnreadableFile.tsx';
import { useWords } from '../../words/words.ts';
import { hasLines, maxSampleBytes, wholeLines } from '../../../../terms/sampleFile.ts';
import { dataUrlOf } from '../../parts/dataUrlOf.ts';

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

/** @returns undefined for a file that is too long and has no lines that could be left out */
async function sampleOf(file: File): Promise<Schemas['SampleFile'] | undefined> {
  if (file.size <= maxSampleBytes) return { name: file.name, bytes: await base64(file) };
  if (!hasLines(file.name)) return undefined;
  const begin = wholeLines(new Uint8Array(await file.slice(0, maxSampleBytes).arrayBuffer()));
  return begin === undefined ? undefined : { name: file.name, bytes: await base64(new Blob([begin])) };
}

const base64 = async (content: Blob): Promise<string> => (await dataUrlOf(content)).split(',')[1] ?? '';
