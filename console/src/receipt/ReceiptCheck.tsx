import { Alert } from 'antd';
import { useState, type ReactNode } from 'react';
import { CommandLine } from '../parts/CommandLine.tsx';
import { operationName } from '../parts/OperationText.tsx';
import { UnreadableFile } from '../parts/UnreadableFile.tsx';
import { useWords } from '../words/words.ts';
import { checkReceipt, type Checked } from './checkReceipt.ts';

/** A receipt, verified in this browser; neither file leaves the machine. */
export function ReceiptCheck(): ReactNode {
  const { say, pick, when } = useWords();
  const [files, setFiles] = useState<{ receipt?: string | undefined; anchors?: string | undefined }>({});
  const [failed, setFailed] = useState(false);
  const [checked, setChecked] = useState<Checked>();
  const read = (name: 'receipt' | 'anchors', file: File | undefined): void => {
    if (file === undefined) return;
    const check = (text: string | undefined): void => {
      const both = { ...files, [name]: text };
      setFiles(both);
      setFailed(text === undefined);
      setChecked(
        both.receipt === undefined || both.anchors === undefined
          ? undefined
          : checkReceipt(both.receipt, both.anchors),
      );
    };
    file.text().then(check, () => check(undefined));
  };
  const holdsText = (facts: Checked['facts']): string => {
    const operation = String(facts['operation']);
    return say('receiptHolds', {
      ...facts,
      operation: pick(operationName(operation)) || operation,
      decision: say(facts['decision'] === 'deny' ? 'deny' : 'allow'),
      at: when(String(facts['at'])),
    });
  };
  const input = (name: 'receipt' | 'anchors', label: string): ReactNode => (
    <label className="choice">
      <span>{label}</span>
      <input type="file" onChange={({ target }) => read(name, target.files?.[0])} />
    </label>
  );
  return (
    <section
      className="card"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        const [file] = event.dataTransfer.files;
        read(file?.name.includes('anchors') === true ? 'anchors' : 'receipt', file);
      }}
    >
      <h2>{say('receiptTitle')}</h2>
      <p className="muted">{say('receiptLead')}</p>
      <div className="filters">
        {input('receipt', say('receiptFile'))}
        {input('anchors', say('anchorsFile'))}
      </div>
      <UnreadableFile shown={failed} />
      {checked === undefined ? null : checked.ok ? (
        <Alert
          role="status"
          type="success"
          showIcon
          title={holdsText(checked.facts)}
          description={say('receiptOnly')}
        />
      ) : (
        <Alert
          role="alert"
          type="error"
          showIcon
          title={say('receiptFails')}
          description={
            <ul>
              {checked.findings.map((finding) => (
                <li key={finding.code}>
                  <code>{finding.code}</code> {pick(finding.message)}
                </li>
              ))}
            </ul>
          }
        />
      )}
      <CommandLine
        label={say('sameByCli')}
        line="npx datong audit receipt verify receipt.json --anchors anchors.json --request request.http --reply reply.http"
      />
    </section>
  );
}
