import { Alert } from 'antd';
import { useState, type ReactNode } from 'react';
import { paperNames, papersByDigest, type FoundPaper } from '../../../terms/requestForm/papersByDigest.ts';
import type { Schemas } from '../api/call.ts';
import { UnreadableFile } from '../parts/UnreadableFile.tsx';
import { useWords } from '../words/words.ts';
import { digestOfFile } from './wanted.ts';

/** Compares a file with the digests of a request. The browser computes its digest; nothing of the file is sent. */
export function HoldPaper({ view }: { readonly view: Schemas['RequestView'] }): ReactNode {
  const { say, pick } = useWords();
  const [held, setHeld] = useState<{
    readonly name: string;
    readonly digest: string;
    readonly found: readonly FoundPaper[];
  }>();
  const [failed, setFailed] = useState(false);
  const hold = async (file: File): Promise<void> => {
    try {
      const digest = await digestOfFile(file);
      setHeld({ name: file.name, digest, found: papersByDigest(view, digest) });
      setFailed(false);
    } catch {
      setHeld(undefined);
      setFailed(true);
    }
  };
  return (
    <section className="card no-print">
      <h2>{say('rqHold')}</h2>
      <p className="muted">{say('rqHoldLead')}</p>
      <label className="choice wide">
        <span>{say('rqHoldFile')}</span>
        <input
          type="file"
          onChange={({ target }) => {
            const [file] = target.files ?? [];
            if (file !== undefined) void hold(file);
          }}
        />
      </label>
      <UnreadableFile shown={failed} />
      {held === undefined ? null : (
        <>
          <code>
            {held.name} {held.digest}
          </code>
          {held.found.length === 0 ? (
            <Alert role="status" type="error" showIcon title={say('rqHoldNone')} />
          ) : (
            held.found.map(({ kind, replaced }) => (
              <Alert
                key={kind}
                role="status"
                type={replaced ? 'warning' : 'success'}
                showIcon
                title={say(replaced ? 'rqHoldBefore' : 'rqHoldIs', { paper: pick(paperNames[kind]) })}
              />
            ))
          )}
        </>
      )}
    </section>
  );
}
