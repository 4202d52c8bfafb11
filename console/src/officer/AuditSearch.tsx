import { Button, Segmented } from 'antd';
import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { entriesOf, type Entry } from '../api/leaf.ts';
import { useAnswer, type Answered } from '../api/useAnswer.ts';
import { EntryTable } from '../pages/EntryTable.tsx';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Link } from '../parts/Link.tsx';
import { Pager } from '../parts/List.tsx';
import { MissingNote } from '../parts/MissingNote.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { addressOf, useRoute } from '../route.ts';
import { hasOffice, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { Counts } from './Counts.tsx';
import { EntryStories } from './EntryStories.tsx';
import { asked, draftOf, everyKind, isAsked, lineOf, questionOf } from './question.ts';
import { SavedSearches } from './SavedSearches.tsx';
import { SearchForm, type About } from './SearchForm.tsx';
import { defined } from '../../../terms/defined.ts';

const size = 50;

/** Searches log entries by their properties, newest first. Opening the page searches nothing, because each search is logged. */
export function AuditSearch(): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const [about, setAbout] = useState<{ readonly of: About; readonly searchNumber: number }>();
  const { before = '', counts = '' } = filter;
  const draft = draftOf(filter);
  const { first: _first, last: _last, ...question } = questionOf(draft);
  const search = {
    ...question,
    ...(counts === '1' ? { counts: true } : {}),
    ...(before === '' ? {} : { before: Number(before) }),
    limit: size,
  };
  // the cache key contains the number of the search instead of the subject
  const isSent = isAsked(filter) || about !== undefined;
  const answer = useAnswer(
    `${isSent} ${JSON.stringify(search)} ${about?.searchNumber ?? ''} ${turn}`,
    async () =>
      isSent
        ? post('/v1/log/searches', {
            ...search,
            ...defined({ subject: about?.of }),
          } as Schemas['LogSearch'])
        : undefined,
  );
  const line = lineOf('search', draft, { about: about?.of.dataset });
  return (
    <>
      <SearchForm
        key={asked.map((name) => filter[name] ?? '').join('|')}
        ask={(of) => setAbout((was) => of && { of, searchNumber: (was?.searchNumber ?? 0) + 1 })}
      />
      <Refusal error={answer.error} cli={line} />
      {about === undefined ? null : <AboutNote of={about.of} end={() => setAbout(undefined)} />}
      <LostYears years={answer.value?.unsearchableYears ?? []} />
      <MissingNote of={answer.value} />
      {answer.value?.counts === undefined ? null : <Counts counts={answer.value.counts} />}
      {isSent ? <Results answer={answer} /> : <p className="muted">{say('auditNotAsked')}</p>}
      <SavedSearches />
      <div className="no-print">
        <CommandLine label={say('sameByCli')} line={line} />
      </div>
    </>
  );
}

/** The person whom the search is about, by the case of the question alone. */
function AboutNote(props: { readonly of: About; readonly end: () => void }): ReactNode {
  const { of, end } = props;
  const { say } = useWords();
  return (
    <p className="card no-print" role="status">
      <strong>{say('aboutOne', { case: of.case })}</strong>{' '}
      <Button size="small" onClick={end}>
        {say('aboutEnd')}
      </Button>
    </p>
  );
}

/** Years whose entries this search cannot find. */
function LostYears({ years }: { readonly years: readonly number[] }): ReactNode {
  const { say } = useWords();
  if (years.length === 0) return null;
  return <p role="note">{say('yearsLost', { years: years.join(say('pointList')) })}</p>;
}

/** Actions on the search, then its entries as sentences or as a table. */
function Results({ answer }: { readonly answer: Answered<Schemas['LogEntries'] | undefined> }): ReactNode {
  const { say, number } = useWords();
  const { session } = useSession();
  const { filter, refine } = useRoute();
  const { before = '' } = filter;
  const draft = draftOf(filter);
  const entries = answer.value === undefined ? undefined : entriesOf(answer.value);
  const last = entries?.length === size ? entries.at(-1) : undefined;
  const isTable = filter['view'] === 'table';
  const shown = {
    label: say('audit'),
    empty: say('auditEmpty'),
    entries,
    answer,
    persons: answer.value?.persons,
    act: ({ index, attempt }: Entry): ReactNode => (
      <>
        <Link to={addressOf('audit', [String(index)])}>
          {say('open')}
          <span className="for-ears"> {number(index)}</span>
        </Link>
        {attempt === true ? <span className="state">{say('attempt')}</span> : null}
      </>
    ),
  };
  return (
    <>
      <div className="row-form gap no-print">
        <Segmented
          aria-label={say('auView')}
          value={isTable ? 'table' : 'sentences'}
          options={[
            { value: 'sentences', label: say('auSentences') },
            { value: 'table', label: say('auTable') },
          ]}
          onChange={(to) => refine({ view: to === 'table' ? 'table' : '' }, true)}
        />
        {draft.kind === undefined ? null : (
          <Button onClick={() => refine({ kind: everyKind, before: '' })}>{say('allKinds')}</Button>
        )}
        <span className="grow" />
        {hasOffice(session, ['auditor']) ? (
          <Link to={addressOf('evidence', [], { ...draft, ask: '1' })} button>
            {say('askEvidence')}
          </Link>
        ) : null}
      </div>
      {isTable ? <EntryTable {...shown} claims /> : <EntryStories {...shown} />}
      <Pager
        cursorName="before"
        isLoading={answer.loading}
        page={defined({
          nextCursor: last === undefined ? undefined : String(last.index),
          total: totalOf(answer.value, last !== undefined, before),
        })}
      />
    </>
  );
}

/** Number of matching entries: the count if one was requested, else what the first page shows; undefined on later pages. */
function totalOf(
  answer: Schemas['LogEntries'] | undefined,
  isMore: boolean,
  before: string,
): Schemas['ListTotal'] | undefined {
  if (answer === undefined) return undefined;
  if (answer.counts !== undefined) return { count: answer.counts.total, more: false };
  return before === '' ? { count: answer.entries.length, more: isMore } : undefined;
}
