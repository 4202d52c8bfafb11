import { Alert, Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Refusal } from '../parts/Refusal.tsx';
import { Select } from '../parts/Select.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDraft } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import { holdsRows } from '../parts/holdsRows.ts';

type Expect = NonNullable<Schemas['IntakeRules']['expect']>;
type Outcome = 'amWaits' | 'amDone' | 'amSame';
const periods = ['day', 'workday', 'week', 'month', 'quarter'] as const;
const switches = ['controlTotals', 'signedOnly', 'secondPerson'] as const;

/** Title, expected frequency of files, checks of each file, and retention days: editable by a steward of its department. */
export function AmendDataset(props: {
  readonly dataset: Schemas['DatasetView'];
  readonly done: () => void;
}): ReactNode {
  const { dataset, done } = props;
  const { say } = useWords();
  const [outcome, setOutcome] = useState<Outcome>();
  return (
    <>
      <Form
        // resets the form when the dataset changes, so that another person's amendment is never reverted unseen
        key={dataset.digest}
        dataset={dataset}
        done={(value) => {
          setOutcome(value);
          done();
        }}
      />
      {outcome === undefined ? null : <Alert role="status" type="info" title={say(outcome)} />}
    </>
  );
}

function Form(props: {
  readonly dataset: Schemas['DatasetView'];
  readonly done: (outcome: Outcome) => void;
}): ReactNode {
  const { dataset, done } = props;
  const { say } = useWords();
  const doing = useAct();
  const deciders = useDeciders(dataset);
  const { title, intake, retention } = dataset;
  const { expect } = intake;
  const draft = useDraft(`amend ${dataset.digest}`, {
    zh: title.zh,
    en: title.en,
    every: expect?.every ?? '',
    reason: '',
    by: expect !== undefined && 'by' in expect ? String(expect.by) : '1',
    rawDays: retention?.rawDays === undefined ? '' : String(retention.rawDays),
    decides: intake.decides ?? '',
    asks: switches.filter((name) => intake[name] === true).join(' '),
  });
  const { zh, en, every, by, rawDays, asks, decides, reason } = draft.value;
  const asked = asks.split(' ').filter((name) => name !== '');
  const submit = (): void => {
    const { expect: _, decides: __, ...others } = intake;
    const rules = {
      ...others,
      ...Object.fromEntries(switches.map((name) => [name, asked.includes(name)])),
      ...(decides === '' ? {} : { decides }),
      ...(every === '' ? {} : { expect: expectation(every, by, expect) }),
    };
    const body = {
      digest: dataset.digest,
      reason,
      title: { zh, en },
      retention: rawDays === '' ? {} : { rawDays: Number(rawDays) },
      ...(holdsRows(dataset) ? { intake: rules } : {}),
    };
    doing.act(
      (key) => post('/v1/datasets/{dataset}/amendment', body, { at: { dataset: dataset.id }, key }),
      (answer) => {
        draft.sent();
        done('proposal' in answer ? 'amWaits' : answer.changed ? 'amDone' : 'amSame');
      },
    );
  };
  return (
    <form
      className="card form no-print"
      aria-label={say('amTitle')}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <h2>{say('amTitle')}</h2>
      <p className="muted">{say('amNote')}</p>
      <TextField label={say('amZh')} maxLength={500} value={zh} set={(value) => draft.set({ zh: value })} />
      <TextField label={say('amEn')} maxLength={500} value={en} set={(value) => draft.set({ en: value })} />
      {!holdsRows(dataset) ? null : (
        <>
          <Select
            label={say('amExpect')}
            value={every}
            set={(value) => draft.set({ every: value })}
            options={[
              { value: '', text: say('amNever') },
              ...periods.map((one) => ({ value: one, text: say(`am_${one}`) })),
            ]}
          />
          {every === 'week' || every === 'month' || every === 'quarter' ? (
            <label className="choice">
              <span>{say('amBy')}</span>
              <input
                type="number"
                required
                min={1}
                max={60}
                value={by}
                onChange={({ target }) => draft.set({ by: target.value })}
              />
            </label>
          ) : null}
          {switches.map((name) => (
            <label key={name} className="check">
              <input
                type="checkbox"
                checked={asked.includes(name)}
                onChange={({ target }) =>
                  draft.set({
                    asks: [...asked.filter((one) => one !== name), ...(target.checked ? [name] : [])].join(
                      ' ',
                    ),
                  })
                }
              />
              <span>{say(`am_${name}`)}</span>
            </label>
          ))}
          <Select
            label={say('amDecides')}
            value={decides}
            set={(value) => draft.set({ decides: value })}
            options={[{ value: '', text: say('amAnySteward') }, ...deciders]}
          />
        </>
      )}
      <label className="choice">
        <span>
          {say('amRawDays')} <small className="muted">{say('amRawDaysNote')}</small>
        </span>
        <input
          type="number"
          min={1}
          max={3650}
          value={rawDays}
          onChange={({ target }) => draft.set({ rawDays: target.value })}
        />
      </label>
      <TextField
        label={say('whyReason')}
        rows={2}
        maxLength={1000}
        value={reason}
        set={(value) => draft.set({ reason: value })}
      />
      {doing.error === undefined ? null : (
        <Refusal error={doing.error} cli={`npx datong dataset amend ${dataset.id} --reason …`} />
      )}
      <div className="row-form">
        <Button type="primary" htmlType="submit" disabled={doing.sending || reason.trim() === ''}>
          {say('amTitle')}
        </Button>
      </div>
    </form>
  );
}

/** Choices for the person who decides held batches: stewards of its department, and the current one in any case. */
function useDeciders({
  department,
  intake,
}: Schemas['DatasetView']): readonly { readonly value: string; readonly text: string }[] {
  const answer = useAnswer(`stewards of ${department}`, () =>
    everyPage(
      (cursor) => get('/v1/persons', { query: { state: 'active', role: 'steward', limit: '200', cursor } }),
      ({ persons }) => persons,
    ),
  );
  const stewards = (answer.value ?? [])
    .filter(({ roles }) => roles.some((held) => held.role === 'steward' && held.department === department))
    .map(({ person, name }) => ({ value: person, text: name }));
  const { decides } = intake;
  const known = decides === undefined || stewards.some(({ value }) => value === decides);
  return known ? stewards : [...stewards, { value: decides, text: decides }];
}

/** @param now the current expectation: the day from which periods count does not change */
function expectation(every: string, by: string, now: Expect | undefined): Expect {
  const since = now?.since === undefined ? {} : { since: now.since };
  if (every === 'day' || every === 'workday') return { every, ...since };
  return { every: every as 'week' | 'month' | 'quarter', by: Number(by), ...since };
}
