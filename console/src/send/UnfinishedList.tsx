import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { useSession } from '../session.ts';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { UnreadableFile } from '../parts/UnreadableFile.tsx';
import { useWords } from '../words/words.ts';
import { digestOf } from './digest.ts';
import { forgetUnfinished, unfinishedOf, type Unfinished } from './unfinished.ts';
import { useSizes } from './useSizes.ts';
import type { Uploading } from './useUpload.ts';

/** Unfinished uploads of this browser, as they are stored when no upload runs: the same file continues at the hub's offset. */
export const UnfinishedUploads = ({ uploading }: { readonly uploading: Uploading }): ReactNode =>
  uploading.state === 'idle' ? <UnfinishedList start={uploading.start} /> : null;

function UnfinishedList({ start }: Pick<Uploading, 'start'>): ReactNode {
  const { say } = useWords();
  const { bytes } = useSizes();
  const { session } = useSession();
  const [uploads, setUploads] = useState(() => unfinishedOf(session.person));
  const [fault, setFault] = useState<'other' | 'unreadable'>();
  if (uploads.length === 0) return null;
  const goOn = async (one: Unfinished, file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const never = new AbortController().signal;
    try {
      const same = file.size === one.size && (await digestOf(file, never, () => undefined)) === one.sha256;
      setFault(same ? undefined : 'other');
      if (same) start({ ...one, file });
    } catch {
      setFault('unreadable');
    }
  };
  return (
    <section className="card" aria-label={say('sendUnfinished')}>
      <h2>{say('sendUnfinished')}</h2>
      <p className="muted">{say('sendUnfinishedLead')}</p>
      {fault === 'other' ? <p role="alert">{say('sendOtherFile')}</p> : null}
      <UnreadableFile shown={fault === 'unreadable'} />
      <ul className="steps">
        {uploads.map((one) => (
          <li key={one.batch} className="row-form">
            <label className="choice">
              <span>
                {say('sendGoOn', {
                  file: `${one.fileName}${say('pointOpen')}${bytes(one.size)}${say('pointClose')}`,
                })}{' '}
                · <DatasetTitles ids={[one.dataset]} />
              </span>
              <input
                type="file"
                onClick={({ currentTarget }) => {
                  // so that choosing the same file again is a change
                  currentTarget.value = '';
                }}
                onChange={({ target }) => void goOn(one, target.files?.[0])}
              />
            </label>
            <Button
              onClick={() => {
                forgetUnfinished(session.person, one.batch);
                setUploads(unfinishedOf(session.person));
              }}
            >
              {say('sendForget')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
