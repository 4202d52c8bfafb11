import { Alert } from 'antd';
import { useContext, useEffect, type ReactNode } from 'react';
import { Refused, type Schemas } from '../api/call.ts';
import { SessionContext } from '../session.ts';
import type { Words } from '../words/zh.ts';
import { useWords } from '../words/words.ts';
import { CommandLine } from './CommandLine.tsx';

const whoWords: Readonly<Record<Schemas['Problem']['who'], keyof Words>> = {
  caller: 'whoCaller',
  department: 'whoDepartment',
  other: 'whoOther',
  provider: 'whoProvider',
  'data-office': 'whoOffice',
  operator: 'whoOperator',
};

const isOver = (error: unknown): boolean =>
  error instanceof Refused && ['session_ended', 'token_missing'].includes(error.problem.code);

interface Finding {
  /** the part of the request: a pointer, or a pointer into the submitted document */
  readonly pointer?: string;
  /** of a mapping or an agreement: a pointer into it */
  readonly path?: string;
  readonly message: Schemas['Bilingual'];
}

const isFinding = (one: unknown): one is Finding =>
  typeof one === 'object' && one !== null && 'message' in one && typeof one.message === 'object';

/** Findings to correct, place by place. */
function Findings({ of }: { readonly of: readonly unknown[] }): ReactNode {
  const { say, pick } = useWords();
  const found = of.filter(isFinding);
  if (found.length === 0) return null;
  return (
    <ul>
      {found.map(({ path, pointer = path, message }, at) => (
        <li key={at}>
          {pointer === undefined ? null : (
            <>
              <code>{pointer}</code>
              {say('pointColon')}
            </>
          )}
          {pick(message)}
        </li>
      ))}
    </ul>
  );
}

/** Why an act was refused: the hub's whole answer, what to do, who can correct it, and the equivalent command line. */
export function Refusal({
  error,
  cli,
}: {
  readonly error: unknown;
  /** the equivalent command; `asCall` where there is no verb for it */
  readonly cli: string;
}): ReactNode {
  const { say, pick } = useWords();
  const ended = useContext(SessionContext)?.ended;
  const over = isOver(error);
  useEffect(() => {
    if (over) ended?.();
    // once for each refusal: after signing in again the old one is still shown here
  }, [over, ended, error]);
  // the sign-in form is then shown above the page, and the input stays
  if (error === undefined || (over && ended !== undefined)) return null;
  if (!(error instanceof Refused)) {
    return (
      <Alert
        role="alert"
        type="error"
        showIcon
        title={say('unreachable')}
        description={say('unreachableNext')}
      />
    );
  }
  const { problem } = error;
  const facts: readonly (readonly [keyof Words, string | undefined])[] = [
    ['refusedCode', problem.code],
    ['at', problem.at],
    ['expected', problem.expected],
    ['received', problem.received],
    ['next', pick(problem.next)],
    ['whoMends', say(whoWords[problem.who])],
    ['exchangeId', problem.exchange],
  ];
  return (
    <Alert
      role="alert"
      type="error"
      showIcon
      title={`${say('refusedTitle')}${say('pointColon')}${pick(problem.detail)}`}
      description={
        <>
          <dl className="facts">
            {facts.map(([word, value]) =>
              value === undefined || value === '' ? null : (
                <div key={word}>
                  <dt>{say(word)}</dt>
                  <dd>{value}</dd>
                </div>
              ),
            )}
          </dl>
          <Findings of={problem.findings ?? []} />
          <CommandLine label={say('sameByCli')} line={cli} />
        </>
      }
    />
  );
}
