import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer, type Answered } from '../api/useAnswer.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { download } from '../parts/download.ts';
import { Facts } from '../parts/Facts.tsx';
import { Link } from '../parts/Link.tsx';
import { NoContent } from '../parts/NoContent.tsx';
import { Page } from '../parts/Page.tsx';
import { State } from '../parts/State.tsx';
import { PrintButton } from '../parts/PrintButton.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import { useAct } from '../parts/useAct.ts';
import type { InPlaceProps } from '../requests/RequestPage.tsx';
import { addressOf, useRoute } from '../route.ts';
import { hasOffice, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { EvidencePrint } from './EvidencePrint.tsx';
import { SealedList } from './SealedList.tsx';
import { datasetsIn, questionFacts } from './questionWords.ts';
import { readEvidence, type ReadEvidence } from './readEvidence.ts';
import { useStoryNames } from './useStoryNames.ts';

/** One request: a second person releases evidence about a person; then it is downloaded, checked here, stored and printed. */
export function EvidenceOnePage(): ReactNode {
  const { say } = useWords();
  const { session, turn } = useSession();
  const { what } = useRoute();
  const id = what[0] ?? '';
  const answer = useEvidence(id, turn);
  const [read, setRead] = useState<ReadEvidence>();
  const { act, sending, error } = useAct();
  const one = answer.value?.evidence[0];
  const decide = (word: Decision): void =>
    act(
      () => decided(id, word),
      () => answer.again(),
    );
  const take = (): void =>
    act(
      async () =>
        readEvidence(JSON.stringify(await get('/v1/log/evidence/{evidence}', { at: { evidence: id } }))),
      setRead,
    );
  const compare = (file: File | undefined): void => {
    if (file !== undefined && read !== undefined)
      act(async () => readEvidence(read.text, await file.text()), setRead);
  };
  return (
    <Page
      title={say('evidence')}
      error={error ?? answer.error}
      cli={`npx datong audit evidence fetch ${id} -o evidence --as auditor`}
      actions={<Link to={addressOf('evidence')}>{say('back')}</Link>}
    >
      {one === undefined ? (
        <NoContent answer={answer} none={say('evidenceUnknown')} />
      ) : (
        <section className="card no-print">
          <h2>
            {one.case} <State state={one.state} />
          </h2>
          <EvidenceAsked of={one} />
          <Answering of={one} sending={sending} decide={decide} />
          {one.state === 'released' && one.list === undefined && hasOffice(session, ['auditor']) ? (
            <div className="row-form">
              <Button type="primary" disabled={sending} onClick={take}>
                {say('takeEvidence')}
              </Button>
              {read === undefined ? null : (
                <>
                  <Button onClick={() => download(`evidence-${id}.json`, read.text)}>
                    {say('keepFile')}
                  </Button>
                  <PrintButton />
                  <label className="choice">
                    <span>{say('compareAnchors')}</span>
                    <input type="file" onChange={({ target }) => compare(target.files?.[0])} />
                  </label>
                </>
              )}
            </div>
          ) : null}
          {one.list === undefined ? (
            <CommandLine
              label={say('sameByCli')}
              line={`npx datong audit evidence fetch ${id} -o evidence --as auditor`}
            />
          ) : null}
        </section>
      )}
      {one?.list === undefined ? null : <SealedList of={one} list={one.list} />}
      {read === undefined ? null : (
        <>
          <Findings of={read} />
          <EvidencePrint evidence={read} />
        </>
      )}
    </Page>
  );
}

/** What the checks of the downloaded evidence found. */
function Findings({ of: read }: { readonly of: ReadEvidence }): ReactNode {
  const { say, pick } = useWords();
  const holds = read.findings.length === 0;
  return (
    <section className="card no-print" role="status">
      <h2>
        <span className={holds ? 'state good' : 'state bad'}>
          {say(holds ? 'evidenceHolds' : 'evidenceFails')}
        </span>
      </h2>
      <p>{say('evidenceChecked', { entries: read.entries.length, size: read.file.size })}</p>
      <ul>
        {read.findings.map((finding, at) => (
          <li key={at}>
            <code>{finding.code}</code> {pick(finding.message)}
          </li>
        ))}
      </ul>
      <p className="muted">{say('evidenceKeys')}</p>
    </section>
  );
}

type Evidence = Schemas['EvidenceList']['evidence'][number];
type Decision = 'release' | 'refuse';

const useEvidence = (id: string, turn: number): Answered<Schemas['EvidenceList']> =>
  useAnswer(`evidence ${id} ${turn}`, () => get('/v1/log/evidence', { query: { evidence: id } }));

const decided = (id: string, answer: Decision): Promise<unknown> =>
  post('/v1/log/evidence/{evidence}/answer', { answer }, { at: { evidence: id } });

/** A request for evidence within another page: what it asks for, and the answer. */
export function EvidenceInPlace({ id, done }: InPlaceProps): ReactNode {
  const { turn } = useSession();
  const answer = useEvidence(id, turn);
  const { act, sending, error } = useAct();
  const one = answer.value?.evidence[0];
  return (
    <>
      <Refusal error={error ?? answer.error} cli={`npx datong audit evidence release ${id} --as auditor`} />
      {one === undefined ? null : (
        <>
          <EvidenceAsked of={one} />
          <Answering of={one} sending={sending} decide={(word) => act(() => decided(id, word), done)} />
        </>
      )}
    </>
  );
}

/** Who asks, why, and for what: each condition, the period and the number of entries. */
function EvidenceAsked({ of: one }: { readonly of: Evidence }): ReactNode {
  const words = useWords();
  const { say, when, number } = words;
  const names = useStoryNames([], { datasets: datasetsIn(one.question) });
  return (
    <>
      <Facts
        of={[
          [say('evidenceNumber'), <code key="id">{one.id}</code>],
          [say('askReason'), one.reason],
          [say('askedAt'), when(one.askedAt)],
          [
            say('askedBy'),
            <span key="by" title={one.askedBy}>
              {one.askedByName ?? one.askedBy}
            </span>,
          ],
          [
            say('releasedBy'),
            one.answeredBy === undefined ? undefined : (
              <span key="answered" title={one.answeredBy}>
                {one.answeredByName ?? one.answeredBy}
              </span>
            ),
          ],
          [say('aboutPerson'), one.list === undefined ? say(one.subject ? 'yes' : 'no') : undefined],
        ]}
      />
      {one.question === undefined ? null : (
        <>
          <h3>{say('evQuestion')}</h3>
          <Facts
            of={[
              ...questionFacts(one.question, words, names),
              [say('evPeriod'), isUnlimited(one.question) ? say('evPeriodAll') : undefined],
              [
                say('evEntries'),
                one.entries === undefined ? undefined : (
                  <strong key="entries">{say('evEntriesOf', { n: number(one.entries) })}</strong>
                ),
              ],
            ]}
          />
        </>
      )}
    </>
  );
}

/** The question names neither days nor entries: it asks for the whole log up to now. */
const isUnlimited = (question: NonNullable<Evidence['question']>): boolean =>
  ['from', 'until', 'first', 'last', 'exchange'].every((part) => !(part in question));

/** The second person's answer; releasing takes two clicks. */
function Answering(props: {
  readonly of: Evidence;
  readonly sending: boolean;
  readonly decide: (word: Decision) => void;
}): ReactNode {
  const { of: one, sending, decide } = props;
  const { say, number } = useWords();
  const { session } = useSession();
  if (one.state !== 'waiting') return null;
  if (one.askedBy === session.person) return <p role="note">{say('evidenceOwn')}</p>;
  return (
    <div className="row-form">
      <TwoSteps
        label={say('release')}
        sure={
          one.entries === undefined
            ? say('evReleaseList')
            : say('evReleaseSure', { n: number(one.entries), case: one.case })
        }
        disabled={sending}
        act={() => decide('release')}
      />
      <Button disabled={sending} onClick={() => decide('refuse')}>
        {say('refuse')}
      </Button>
    </div>
  );
}
