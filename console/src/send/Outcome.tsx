import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { saveFile } from '../parts/saveFile.ts';
import { State } from '../parts/State.tsx';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';
import { Findings } from './Findings.tsx';

/** The outcome of a file: one sentence for a report, the reason of a stop, the receipt. */
export function Outcome({ batch }: { readonly batch: Schemas['Batch'] }): ReactNode {
  const { say, pick } = useWords();
  const [copied, setCopied] = useState(false);
  const { findings = [], receipt } = batch;
  const sentence = pick(batch.sentence);
  return (
    <section className="card" aria-label={say('sendOutcome')} role="status">
      <h2>
        {say('sendOutcome')} <State state={batch.state} />
      </h2>
      {sentence === '' ? null : <p>{sentence}</p>}
      <Findings findings={findings} title={say(batch.state === 'rejected' ? 'whyRejected' : 'heldWhy')} />
      <div className="row-form">
        <Link to={addressOf('held', [batch.batch])}>{say('openTheBatch')}</Link>
        {sentence === '' ? null : (
          <Button onClick={() => void navigator.clipboard.writeText(sentence).then(() => setCopied(true))}>
            {say(copied ? 'copied' : 'copySentence')}
          </Button>
        )}
        {receipt === undefined ? null : (
          <Button onClick={() => saveFile(receiptFile(receipt), `receipt-${batch.batch}.json`)}>
            {say('sendReceipt')}
          </Button>
        )}
      </div>
    </section>
  );
}

/** The receipt's JSON, as `datong audit receipt verify` and the audit page take it. @param header base64url of it */
function receiptFile(header: string): Blob {
  const text = atob(header.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(text, (one) => one.charCodeAt(0));
  return new Blob([bytes], { type: 'application/json' });
}
