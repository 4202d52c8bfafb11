import { Button } from 'antd';
import type { ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Field } from '../parts/Field.tsx';
import { Link } from '../parts/Link.tsx';
import { NoContent } from '../parts/NoContent.tsx';
import { Page } from '../parts/Page.tsx';
import { PrintButton } from '../parts/PrintButton.tsx';
import { State } from '../parts/State.tsx';
import { useAct, type Act } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasOffice, useSession } from '../session.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import { Due } from './RisksPage.tsx';
import { defined } from '../../../terms/defined.ts';

const shown = 60;

type Risk = Schemas['Risk'];

/** One finding: its count, the entries that it names, and a person's assessment. */
export function RiskPage(): ReactNode {
  const { say, pick } = useWords();
  const { turn } = useSession();
  const { what } = useRoute();
  const doing = useAct();
  const [id = ''] = what;
  const answer = useAnswer(`${id} ${turn}`, () => get('/v1/risks/{risk}', { at: { risk: id } }));
  const one = answer.value;
  return (
    <Page
      title={one === undefined ? say('risks') : pick(one.message)}
      error={doing.error ?? answer.error}
      cli={`npx datong audit findings ack ${id} --reason … --as auditor`}
      actions={
        <>
          <PrintButton />
          <Link to={addressOf('risks')}>{say('back')}</Link>
        </>
      }
    >
      {one === undefined ? (
        <NoContent answer={answer} />
      ) : (
        <>
          <RiskFacts of={one} />
          {one.state === 'acknowledged' ? null : (
            <RiskAnswer id={id} of={one} doing={doing} again={answer.again} />
          )}
          <RiskEntries of={one} />
        </>
      )}
    </Page>
  );
}

/** What was found, by which rule, and what persons answered. */
function RiskFacts({ of: one }: { readonly of: Risk }): ReactNode {
  const { say, when, number, day } = useWords();
  const { name } = useDepartments();
  const by = (text: string | undefined, person: string | undefined): string | undefined =>
    text && `${text}${say('pointOpen')}${person ?? ''}${say('pointClose')}`;
  return (
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
          [say('riskEscalated'), by(one.escalation, one.escalatedBy)],
          [say('riskAnswered'), by(one.acknowledgement, one.acknowledgedBy)],
        ]}
      />
    </section>
  );
}

/** A person's assessment: an officer acknowledges the finding, others escalate it. */
function RiskAnswer(props: {
  readonly id: string;
  readonly of: Risk;
  readonly doing: Act;
  readonly again: () => void;
}): ReactNode {
  const { id, of: one, doing, again } = props;
  const { say } = useWords();
  const { session } = useSession();
  const [reason, setReason] = useDraftText(`risk ${id}`);
  const mayAnswer = hasOffice(session, ['auditor', 'security']) && one.escalatedBy !== session.person;
  const decide = (word: 'acknowledgement' | 'escalation'): void =>
    doing.act(
      () => post(`/v1/risks/{risk}/${word}`, { reason }, { at: { risk: id } }),
      () => {
        setReason('');
        again();
      },
    );
  return (
    <form
      className="card no-print"
      aria-label={say('riskAnswer')}
      onSubmit={(event) => {
        event.preventDefault();
        decide(mayAnswer ? 'acknowledgement' : 'escalation');
      }}
    >
      <h2>{say('riskAnswer')}</h2>
      <Field label={say('riskReason')} value={reason} change={setReason} required least={2} most={200} wide />
      {mayAnswer ? null : <p role="note">{say(one.state === 'open' ? 'riskOther' : 'riskOwn')}</p>}
      <div className="row-form">
        {mayAnswer ? (
          <Button type="primary" htmlType="submit" disabled={doing.sending}>
            {say('riskAcknowledge')}
          </Button>
        ) : null}
        {one.state === 'open' ? (
          <Button disabled={doing.sending || reason.length < 2} onClick={() => decide('escalation')}>
            {say('riskEscalate')}
          </Button>
        ) : null}
      </div>
    </form>
  );
}

/** The entries that the finding names, and the search for all entries like them. */
function RiskEntries({ of: one }: { readonly of: Risk }): ReactNode {
  const { say, number } = useWords();
  const { session } = useSession();
  const { consumer, official, day } = one;
  const found = { ...defined({ consumer, official }), from: day, until: day };
  return (
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
  );
}
