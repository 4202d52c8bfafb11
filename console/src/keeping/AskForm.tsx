import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { Proposed } from '../cases/Proposed.tsx';
import { CommandLine } from '../parts/CommandLine.tsx';
import { useAct } from '../parts/useAct.ts';
import { useWords } from '../words/words.ts';

/** A request that one person makes and a second accepts: its fields, its result, and the equivalent command. */
export function AskForm(props: {
  readonly title: string;
  readonly lead: string;
  readonly line: string;
  readonly send: string;
  readonly ask: (key: string) => Promise<Schemas['Registration']>;
  readonly done: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const { title, lead, line, send, ask, done, children } = props;
  const { say } = useWords();
  const { act, sending, error } = useAct();
  const [asked, setAsked] = useState<Schemas['Registration']>();
  return (
    <form
      className="card no-print"
      aria-label={title}
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(undefined);
        act(ask, (answer) => {
          setAsked(answer);
          done();
        });
      }}
    >
      <h2>{title}</h2>
      <p className="muted">{lead}</p>
      <Proposed of={asked} error={error} cli={line} />
      <div className="filters">{children}</div>
      <div className="row-form">
        <CommandLine label={say('sameByCli')} line={line} />
        <span className="grow" />
        <Button type="primary" htmlType="submit" disabled={sending}>
          {send}
        </Button>
      </div>
    </form>
  );
}

/** Midnight in China at the beginning of a day. @param day `2026-01-31` */
export const midnightOf = (day: string): string => `${day}T00:00:00+08:00`;

/** A moment in China's time zone. @param said `2026-01-31T08:30`, with seconds or without */
export const momentOf = (said: string): string => `${said.length === 16 ? `${said}:00` : said}+08:00`;
