import type { ReactNode } from 'react';
import { storyOf } from '../../../log/story.ts';
import { post } from '../api/call.ts';
import { entriesOf, type Entry } from '../api/leaf.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { EntryCard } from '../pages/EntryCard.tsx';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Link } from '../parts/Link.tsx';
import { NoContent } from '../parts/NoContent.tsx';
import { Page } from '../parts/Page.tsx';
import { PrintButton } from '../parts/PrintButton.tsx';
import { addressOf, useRoute } from '../route.ts';
import { hasOffice, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { MonthPage } from './MonthPage.tsx';
import { useStoryNames } from './useStoryNames.ts';

/** One entry of the log; or the figures of a month. */
export function EntryPage(): ReactNode {
  const { what } = useRoute();
  return what[0] === 'report' ? <MonthPage /> : <OneEntry />;
}

/** One entry of the log, its explanation, and links to related pages. */
function OneEntry(): ReactNode {
  const { say, pick } = useWords();
  const { turn } = useSession();
  const { what } = useRoute();
  const index = Number(/^\d{1,15}$/.exec(what[0] ?? '')?.[0] ?? '-1');
  const answer = useAnswer(`entry ${index} ${turn}`, () =>
    index < 0 ? Promise.resolve(undefined) : post('/v1/log/searches', { before: index + 1, limit: 1 }),
  );
  const entry = answer.value && entriesOf(answer.value).find((one) => one.index === index);
  const names = useStoryNames(entry === undefined ? [] : [entry], { persons: answer.value?.persons });
  return (
    <Page
      title={`${say('entry')} ${index < 0 ? '' : index}`}
      error={answer.error}
      cli={`npx datong audit search --before ${index + 1} --limit 1 --as auditor`}
      actions={
        <>
          <PrintButton />
          <Link to={addressOf('audit')}>{say('back')}</Link>
        </>
      }
    >
      {entry === undefined ? (
        <NoContent answer={answer} none={say('entryUnknown')} />
      ) : (
        <>
          <p className="card story raw">{pick(storyOf(index, entry.leaf, entry.attempt === true, names))}</p>
          {entry.columns === undefined ? null : (
            <p className="card" role="alert">
              <span className="state bad">{say('columnsAltered')}</span>
            </p>
          )}
          <EntryCard entry={entry} />
          {entry.private === undefined ? null : <PrivatePart of={entry.private} />}
          <RelatedPages entry={entry} />
        </>
      )}
    </Page>
  );
}

/** The part of the entry that the log stores outside of its tree, and whether it is the one that the entry commits to. */
function PrivatePart({ of }: { readonly of: NonNullable<Entry['private']> }): ReactNode {
  const { say } = useWords();
  return (
    <section className="card" aria-label={say('privatePart')}>
      <h2>
        {say('privatePart')}{' '}
        <span className={of.opens ? 'state good' : 'state bad'}>
          {say(of.opens ? 'privateOpens' : 'privateShut')}
        </span>
      </h2>
      <pre tabIndex={0}>{JSON.stringify(of.value, undefined, 2)}</pre>
    </section>
  );
}

/** Entries with the same property, and evidence of this one. */
function RelatedPages({ entry }: { readonly entry: Entry }): ReactNode {
  const { say } = useWords();
  const { session } = useSession();
  const { leaf, index } = entry;
  const at = String(index);
  const likewise: readonly (readonly [
    name: 'matter' | 'official' | 'agreement',
    value: string | undefined,
  ])[] = [
    ['matter', leaf.matter],
    ['official', leaf.onBehalfOf],
    ['agreement', leaf.agreement],
  ];
  return (
    <nav className="card no-print" aria-label={say('goOn')}>
      <ul className="plain">
        {likewise.map(([name, value]) =>
          value === undefined ? null : (
            <li key={name}>
              <Link to={addressOf('audit', [], { [name]: value })}>
                {say('sameOf', { what: say(name), value })}
              </Link>
            </li>
          ),
        )}
        {hasOffice(session, ['auditor']) ? (
          <li>
            <Link to={addressOf('evidence', [], { ask: '1', first: at, last: at })}>
              {say('evidenceOfThis')}
            </Link>
          </li>
        ) : null}
      </ul>
      <CommandLine
        label={say('replayLine')}
        line={`npx datong audit evidence --first ${at} --last ${at} --reason … --case … -o evidence --as auditor`}
      />
    </nav>
  );
}
