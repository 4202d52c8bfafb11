import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { useWords } from '../words/words.ts';

/** A command to be copied into a terminal. */
export function CommandLine({ label, line }: { readonly label: string; readonly line: string }): ReactNode {
  const { say } = useWords();
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    void navigator.clipboard.writeText(line).then(() => setCopied(true));
  };
  return (
    <div className="command">
      <span>{label}</span>
      <code>{line}</code>
      <Button size="small" onClick={copy}>
        {say(copied ? 'copied' : 'copy')}
      </Button>
    </div>
  );
}
