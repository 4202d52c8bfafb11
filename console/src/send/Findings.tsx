import { Alert } from 'antd';
import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';

/** Findings of the intake checks, each with what to do. */
export function Findings(props: {
  readonly findings: readonly Schemas['BatchFinding'][];
  readonly title: string;
  /** another batch replaced this one: nothing is to be done about them any more */
  readonly isPast?: boolean;
}): ReactNode {
  const { pick } = useWords();
  if (props.findings.length === 0) return null;
  return (
    <Alert
      className="gap"
      type="warning"
      showIcon
      title={props.title}
      description={
        <ul className="steps">
          {props.findings.map((one) => (
            <li key={one.code}>
              {pick(one.text)} <code>{one.code}</code>
              {props.isPast === true ? null : (
                <>
                  <br />
                  <span className="muted">{pick(one.next)}</span>
                </>
              )}
            </li>
          ))}
        </ul>
      }
    />
  );
}
