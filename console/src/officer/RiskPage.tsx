import { Button } from 'antd';
import type { ReactNode } from 'react';
import { get, post } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Field } from '../parts/Field.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { PrintButton } from '../parts/PrintButton.tsx';
import { State } from '../parts/State.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasOffice, useSession } from '../session.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import { Due } from './RisksPage.tsx';

const shown = 60;

/** One finding: its count, the entries that it names, and a person's assessment. */
export function RiskPage(): ReactNode {
  const { say, pick, when, number, day } = useWords();
  const { session, turn } = useSession();
  const { what } = useRoute();
  const { name } = useDepartments();
  const { act, sending, error } = useAct();
  const [id = ''] = what;
  const [reason, setReason] = useDraftText(`risk ${id}`);
  const answer = useAnswer(`${id} ${turn}`, () => get('/v1/risks/{risk}', { at: { risk: id } }));
  const one = answer.value;
  const decide = (word: 'acknowledgement' | 'escalation'): void =>
    act(
      () => post(`/v1/risks/{risk}/${word}`, { reason }, { at: { risk: what[0] ?? '' } }),
      () => {
        setReason('');
        answer.again();
      },
    );
  const mayAnswer = hasOffice(session, ['auditor', 'security']) && one?.escalatedBy !== session.person;
  const found = {
    ...(one?.consumer === undefined ? {} : { consumer: one.consumer }),
    ...(one?.official === undefined ? {} : { official: one.official }),
    ...(one === undefined ? {} : { from: one.day, until: one.day }),
  };
  return (
    <Page
      title={one === undefined ? say('risks') : pick(one.message)}
      error={error ?? answer.error}
      cli={`npx datong audit findings ack ${what[0] ?? ''} --reason … --as auditor`}
      actions={
        <>
          <PrintButton />
          <Link to={addressOf('risks')}>{say('back')}</Link>
        </>
      }
    >
      {one === undefined ? (
        <p className="card">{say(answer.loading ? 'loading' : 'riskUnknown')}</p>
      ) : (
        <>
          <section className="card">
            <h2>
              <State state={one.state} />
            </h2>
            <Facts
              of={[
                [say('riskDue'), <Due key="due" of={one} />],
                [say('riskRule'), <code key="rule">{one.rule}</code>],
                [say('riskDay'), day(one.day)],
                [say('department'), one.consumer === undefined ? undefined : name(one.consumer)],
                [say('official'), one.official],
                [say('person'), one.personName],
                [say('riskCount'), `${number(one.count)} / ${number(one.limit)}`],
                [say('riskFound'), when(one.found)],
                [
                  say('riskEscalated'),
                  one.escalation &&
                    `${one.escalation}${say('pointOpen')}${one.escalatedBy ?? ''}${say('pointClose')}`,
                ],
                [
                  say('riskAnswered'),
                  one.acknowledgement &&
                    `${one.acknowledgement}${say('pointOpen')}${one.acknowledgedBy ?? ''}${say('pointClose')}`,
                ],
              ]}
            />
          </section>
          {one.state === 'acknowledged' ? null : (
            <form
              className="card no-print"
              aria-label={say('riskAnswer')}
              onSubmit={(event) => {
                event.preventDefault();
                decide(mayAnswer ? 'acknowledgement' : 'escalation');
              }}
            >
              <h2>{say('riskAnswer')}</h2>
              <Field
                label={say('riskReason')}
                value={reason}
                change={setReason}
                required
                least={2}
                most={200}
                wide
              />
              {mayAnswer ? null : <p role="note">{say(one.state === 'open' ? 'riskOther' : 'riskOwn')}</p>}
              <div className="row-form">
                {mayAnswer ? (
                  <Button type="primary" htmlType="submit" disabled={sending}>
                    {say('riskAcknowledge')}
                  </Button>
                ) : null}
                {one.state === 'open' ? (
                  <Button disabled={sending || reason.length < 2} onClick={() => decide('escalation')}>
                    {say('riskEscalate')}
                  </Button>
                ) : null}
              </div>
            </form>
          )}
          <section className="card">
            <h2>{say('riskEntries', { count: one.entries.length })}</h2>
            <ul className="chips">
              {one.entries.slice(0, shown).map((index) => (
                <li key={index}>
                  <Link to={addressOf('audit', [String(index)])}>{number(index)}</Link>
                </li>
              ))}
            </ul>
            <p className="no-print">
              <Link to={addressOf('audit', [], found)}>{say('riskSearch')}</Link>
              {hasOffice(session, ['auditor']) ? (
                <>
                  {' · '}
                  <Link to={addressOf('evidence', [], { ...found, ask: '1' })}>{say('askEvidence')}</Link>
                </>
              ) : null}
            </p>
            <CommandLine
              label={say('sameByCli')}
              line={`npx datong audit findings ack ${one.id} --reason … --as auditor`}
            />
          </section>
        </>
      )}
    </Page>
  );
}
