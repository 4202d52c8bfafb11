import { Button } from 'antd';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { get, post } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Field } from '../parts/Field.tsx';
import { Link } from '../parts/Link.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { useUndo } from '../parts/undo.ts';
import { useAct } from '../parts/useAct.ts';
import { addressOf, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import { draftOf, everyKind, filterOf, isAsked, lineOf, questionOf } from './question.ts';

/** Searches that the person stored under a name: the question, never the subject. */
export function SavedSearches(): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const [name, setName] = useDraftText('saved search');
  const answer = useAnswer(`saved ${turn}`, () => get('/v1/log/searches/saved'));
  const { act, sending, error } = useAct({ counts: false });
  const offerUndo = useUndo();
  const [tried, setTried] = useState('');
  const draft = draftOf(filter);
  const save = (event: SyntheticEvent): void => {
    event.preventDefault();
    const { first: _first, last: _last, exchange: _exchange, ...criteria } = draft;
    const question = questionOf(criteria);
    setTried(`${lineOf('search', criteria)} --save NAME`);
    act(
      () => post('/v1/log/searches/saved', { name, question }),
      () => {
        setName('');
        answer.again();
      },
    );
  };
  const searches = answer.value?.searches;
  return (
    <section className="card no-print" aria-label={say('saved')}>
      <h2>{say('saved')}</h2>
      <Refusal
        error={error ?? answer.error}
        cli={error === undefined ? 'npx datong audit searches' : tried}
      />
      {searches === undefined ? null : searches.length === 0 ? (
        <p className="muted">{say('savedEmpty')}</p>
      ) : (
        <ul className="saved">
          {searches.map((one) => (
            <li key={one.name}>
              {/* one without conditions searches all kinds: an address without a question would not search */}
              <Link to={addressOf('audit', [], { kind: everyKind, ...filterOf(one.question) })}>
                {one.name}
              </Link>
              <Button
                size="small"
                disabled={sending}
                aria-label={`${say('drop')} ${one.name}`}
                onClick={() => {
                  setTried('npx datong audit searches --drop NAME');
                  act(
                    () => post('/v1/log/searches/saved/removal', { name: one.name }),
                    () => {
                      answer.again();
                      offerUndo({
                        text: say('undoDropped', { name: one.name }),
                        undo: () =>
                          post('/v1/log/searches/saved', { name: one.name, question: one.question }),
                        cli: `${lineOf('search', draftOf(filterOf(one.question)))} --save NAME`,
                        undone: answer.again,
                      });
                    },
                  );
                }}
              >
                {say('drop')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <form className="row-form" onSubmit={save}>
        <Field label={say('savedName')} value={name} change={setName} required most={100} />
        <Button htmlType="submit" disabled={sending || !isAsked(filter)}>
          {say('save')}
        </Button>
      </form>
    </section>
  );
}
