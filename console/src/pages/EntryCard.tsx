import type { ReactNode } from 'react';
import { checksOf } from '../api/checks.ts';
import type { Entry } from '../api/leaf.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { State } from '../parts/State.tsx';
import { useWords } from '../words/words.ts';

/** One entry as it was hashed; for a department's call also the checks in their order. */
export function EntryCard({ entry }: { readonly entry: Entry }): ReactNode {
  const { say } = useWords();
  const { leaf, index } = entry;
  const { code } = leaf;
  const checked = checksOf(leaf);
  const failed = checked?.failed === undefined ? Infinity : checked.checks.indexOf(checked.failed);
  return (
    <section className="card" aria-label={say('entry')}>
      <h2>
        {say('entry')} {index} <State state={leaf.decision} />
      </h2>
      {checked === undefined ? null : (
        <>
          <h3>{say('checks')}</h3>
          <ol className="steps">
            {checked.checks.map((check, at) => (
              <li key={check}>
                {at < failed
                  ? `✔ ${say(`check_${check}`)} — ${say('checkHeld')}`
                  : at === failed
                    ? `✘ ${say(`check_${check}`)} — ${say('checkFailed')}${say('pointColon')}${code ?? ''}`
                    : `· ${say(`check_${check}`)} — ${say('checkNot')}`}
              </li>
            ))}
          </ol>
        </>
      )}
      <pre>{JSON.stringify(leaf, undefined, 2)}</pre>
      <CommandLine label={say('explainLine')} line="npx datong audit verify --as auditor" />
    </section>
  );
}
