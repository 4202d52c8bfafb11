import { Button, Segmented } from 'antd';
import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { entriesOf, type Entry } from '../api/leaf.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { EntryTable } from '../pages/EntryTable.tsx';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Link } from '../parts/Link.tsx';
import { MissingNote } from '../parts/MissingNote.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { addressOf, useRoute } from '../route.ts';
import { hasOffice, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { Counts } from './Counts.tsx';
import { EntryStories } from './EntryStories.tsx';
import { asked, draftOf, lineOf, questionOf } from './question.ts';
import { SavedSearches } from './SavedSearches.tsx';
import { SearchForm, type About } from './SearchForm.tsx';
import { defined } from '../../../terms/defined.ts';

const size = 50;

/** Searches log entries by their known properties, the newest first. */
export function AuditSearch(): ReactNode {
  const { say, number } = useWords();
  const { session, turn } = useSession();
  const { filter, refine } = useRoute();
  const [about, setAbout] = useState<{ readonly of: About; readonly time: number }>();
  const { before = '', counts = '' } = filter;
  const draft = draftOf(filter);
  const { first: _first, last: _last, ...question } = questionOf(draft);
  const search = {
    ...question,
    ...(counts === '1' ? { counts: true } : {}),
    ...(before === '' ? {} : { before: Number(before) }),
    limit: size,
  };
  // a subject is represented by the time of its search, so that no key contains it
  const answer = useAnswer(`${JSON.stringify(search)} ${about?.time ?? ''} ${turn}`, () =>
    post('/v1/log/searches', {
      ...search,
      ...defined({ subject: about?.of }),
    } as Schemas['LogSearch']),
  );
  const entries = answer.value === undefined ? undefined : entriesOf(answer.value);
  const last = entries !== undefined && entries.length === size ? entries.at(-1) : undefined;
  const lost = answer.value?.unsearchableYears ?? [];
  const isTable = filter['view'] === 'table';
  const shown = {
    label: say('audit'),
    empty: say('auditEmpty'),
    entries,
    answer,
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
      <SearchForm
        key={asked.map((name) => filter[name] ?? '').join('|')}
        ask={(of) => setAbout((was) => of && { of, time: (was?.time ?? 0) + 1 })}
      />
      <Refusal error={answer.error} cli={lineOf('search', draft)} />
      {about === undefined ? null : (
        <p className="card no-print" role="status">
          <strong>{say('aboutOne', { case: about.of.case })}</strong>{' '}
          <Button size="small" onClick={() => setAbout(undefined)}>
            {say('aboutEnd')}
          </Button>
        </p>
      )}
      {lost.length === 0 ? null : (
        <p role="note">{say('yearsLost', { years: lost.join(say('pointList')) })}</p>
      )}
      <MissingNote of={answer.value} />
      {answer.value?.counts === undefined ? null : <Counts counts={answer.value.counts} />}
      <Segmented
        className="gap no-print"
        aria-label={say('auView')}
        value={isTable ? 'table' : 'sentences'}
        options={[
          { value: 'sentences', label: say('auSentences') },
          { value: 'table', label: say('auTable') },
        ]}
        onChange={(to) => refine({ view: to === 'table' ? 'table' : '' }, true)}
      />
      {isTable ? <EntryTable {...shown} claims /> : <EntryStories {...shown} />}
      <div className="pager">
        <Button disabled={before === ''} onClick={() => refine({ before: '' })}>
          {say('newer')}
        </Button>
        <Button disabled={last === undefined} onClick={() => refine({ before: String(last?.index ?? '') })}>
          {say('older')}
        </Button>
      </div>
      <SavedSearches />
      <div className="no-print">
        {hasOffice(session, ['auditor']) ? (
          <p>
            <Link to={addressOf('evidence', [], { ...draft, ask: '1' })}>{say('askEvidence')}</Link>
          </p>
        ) : null}
        <CommandLine label={say('sameByCli')} line={lineOf('search', draft)} />
      </div>
    </>
  );
}
