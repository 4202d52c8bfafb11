import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { Proposed } from '../cases/Proposed.tsx';
import { useWords } from '../words/words.ts';
import { CommandLine } from './CommandLine.tsx';
import { useAct } from './useAct.ts';

/** A form for what one person proposes and a second person accepts. It shows the result, and the equivalent command. */
export function ProposalForm(props: {
  readonly title: string;
  readonly lead: string;
  readonly command: string;
  readonly submitLabel: string;
  readonly propose: (key: string) => Promise<Schemas['Registration']>;
  readonly onProposed: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const { title, lead, command, submitLabel, propose, onProposed, children } = props;
  const { say } = useWords();
  const { act, sending, error } = useAct();
  const [result, setResult] = useState<Schemas['Registration']>();
  return (
    <form
      className="card no-print"
      aria-label={title}
      onSubmit={(event) => {
        event.preventDefault();
        setResult(undefined);
        act(propose, (answer) => {
          setResult(answer);
          onProposed();
        });
      }}
    >
      <h2>{title}</h2>
      <p className="muted">{lead}</p>
      <Proposed of={result} error={error} cli={command} />
      <div className="filters">{children}</div>
      <div className="row-form">
        <CommandLine label={say('sameByCli')} line={command} />
        <span className="grow" />
        <Button type="primary" htmlType="submit" disabled={sending}>
          {submitLabel}
        </Button>
      </div>
    </form>
  );
}
