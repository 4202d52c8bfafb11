import type { ReactNode } from 'react';
import { checkOf, checks } from '../api/checks.ts';
import type { Entry } from '../api/leaf.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { State } from '../parts/State.tsx';
import { useWords } from '../words/words.ts';

/** One entry as it was hashed; of a department's call also the checks in their order. */
export function EntryCard({ entry }: { readonly entry: Entry }): ReactNode {
  const { say } = useWords();
  const { leaf, index } = entry;
  const { code } = leaf;
  const failing = code === undefined ? undefined : checkOf(code);
  const told = leaf.kind === 'release' && (code === undefined || failing !== undefined);
  const failed = failing === undefined ? checks.length : checks.indexOf(failing);
  return (
    <section className="card" aria-label={say('entry')}>
      <h2>
        {say('entry')} {index} <State state={leaf.decision} />
      </h2>
      {told ? (
        <>
          <h3>{say('checks')}</h3>
          <ol className="steps">
            {checks.map((check, at) => (
              <li key={check}>
                {at < failed
                  ? `✔ ${say(`check_${check}`)} — ${say('checkHeld')}`
                  : at === failed
                    ? `✘ ${say(`check_${check}`)} — ${say('checkFailed')}：${code ?? ''}`
                    : `· ${say(`check_${check}`)} — ${say('checkNot')}`}
              </li>
            ))}
          </ol>
        </>
      ) : null}
      <pre>{JSON.stringify(leaf, undefined, 2)}</pre>
      <CommandLine label={say('explainLine')} line="npx datong audit verify --as auditor" />
    </section>
  );
}
