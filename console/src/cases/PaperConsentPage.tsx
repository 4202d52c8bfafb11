import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Field, Pick } from '../parts/Field.tsx';
import { Page } from '../parts/Page.tsx';
import { useAct } from '../parts/useAct.ts';
import { SendRow } from '../parts/SendRow.tsx';
import { Unsent } from '../parts/Unsent.tsx';
import { useDraft } from '../parts/useDraft.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { DigestField } from '../requests/PapersFields.tsx';
import { usePurposes } from '../requests/usePurposes.ts';
import { stewardDepartments, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { FieldChoice } from './FieldChoice.tsx';
import { PaperConsentSlip, type EnteredConsent } from './PaperConsentSlip.tsx';
import { Proposed } from './Proposed.tsx';

const empty = {
  ...{ id: '', form: '', scan: '', takenOn: '', recipient: '', dataset: '', purpose: '', expires: '' },
  ...{ notice: '', language: 'zh', retention: '' },
  fields: [] as readonly string[],
};

/** A consent on paper is taken over by one person and confirmed against the scan by another of the same department. */
export function PaperConsentPage(): ReactNode {
  const { say } = useWords();
  const { session, turn } = useSession();
  const { options, name } = useDepartments();
  const purposes = usePurposes();
  const collectors = stewardDepartments(session);
  const { value, set, restored, sent, clear } = useDraft('paper consent', {
    ...empty,
    collectedBy: collectors[0] ?? '',
  });
  // the identifier of the person is never stored: it exists in this page's memory only
  const [person, setPerson] = useState('');
  const [guardian, setGuardian] = useState('');
  const [proposed, setProposed] = useState<Schemas['Registration']>();
  // the input, for the paper that goes with the form; without the person's number
  const [entered, setEntered] = useState<EnteredConsent>();
  const { act, sending, error } = useAct();
  const datasets = useAnswer(`datasets ${turn}`, () =>
    everyPage(
      (cursor) => get('/v1/datasets', { query: { limit: '200', cursor } }),
      (page) => page.datasets,
    ),
  );
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setProposed(undefined);
    const { purpose, expires, notice, language, retention, fields, ...others } = value;
    const body = {
      ...others,
      ...{ person, ...(guardian === '' ? {} : { guardian }) },
      ...{ purposes: [purpose], fields: [...fields], expires: `${expires}T23:59:59+08:00` },
      ...(retention === '' ? {} : { retention }),
      notice: { digest: notice, language: language === 'en' ? 'en' : 'zh' },
    } as const;
    act(
      (key) => post('/v1/paper-consents', body, { key }),
      (answered) => {
        setPerson('');
        setGuardian('');
        setEntered(value);
        sent();
        setProposed(answered);
      },
    );
  };
  if (collectors.length === 0) {
    return (
      <Page title={say('papers')} lead={say('pcLead')}>
        <p role="status">{say('pcNotSteward')}</p>
      </Page>
    );
  }
  return (
    <Page
      title={say('papers')}
      lead={say('pcLead')}
      error={datasets.error ?? purposes.error}
      cli="npx datong consent paper take --help"
    >
      <form className="card form" onSubmit={submit} aria-label={say('papers')}>
        <Unsent shown={restored && proposed === undefined} clear={clear} />
        <div className="filters">
          <Field
            label={say('pcForm')}
            value={value.form}
            change={(form) => set({ form })}
            required
            most={60}
          />
          <Field
            label={say('pcTakenOn')}
            type="date"
            value={value.takenOn}
            change={(takenOn) => set({ takenOn })}
            required
          />
          <Field label={say('pcPerson')} value={person} change={setPerson} required most={100} />
          <Field label={say('pcGuardian')} value={guardian} change={setGuardian} most={100} />
        </div>
        <DigestField required label={say('pcScan')} value={value.scan} set={(scan) => set({ scan })} />
        <div className="filters">
          <Field label={say('pcId')} value={value.id} change={(id) => set({ id })} required most={60} />
          <Pick
            label={say('pcCollectedBy')}
            value={value.collectedBy}
            change={(collectedBy) => set({ collectedBy })}
            options={collectors.map((code) => ({ value: code, text: name(code) }))}
          />
          <Pick
            label={say('pcRecipient')}
            value={value.recipient}
            change={(recipient) => set({ recipient })}
            none={say('pcPick')}
            options={options}
          />
          <Pick
            label={say('dataset')}
            value={value.dataset}
            change={(dataset) => set({ dataset, fields: [] })}
            none={say('pcPick')}
            options={(datasets.value ?? []).map(({ id }) => ({ value: id, text: id }))}
          />
          <Pick
            label={say('samplePurpose')}
            value={value.purpose}
            change={(purpose) => set({ purpose })}
            none={say('pcPick')}
            options={(purposes.all ?? []).map(({ code }) => ({ value: code, text: purposes.name(code) }))}
          />
          <Field
            label={say('validUntil')}
            type="date"
            value={value.expires}
            change={(expires) => set({ expires })}
            required
          />
          <Field
            label={say('pcRetention')}
            value={value.retention}
            change={(retention) => set({ retention })}
            most={20}
          />
        </div>
        {value.dataset === '' ? null : (
          <FieldChoice dataset={value.dataset} value={value.fields} set={(fields) => set({ fields })} />
        )}
        <div className="filters">
          <Field
            label={say('pcNotice')}
            value={value.notice}
            change={(notice) => set({ notice })}
            required
            least={64}
            most={64}
            wide
          />
          <Pick
            label={say('pcNoticeLanguage')}
            value={value.language}
            change={(language) => set({ language })}
            options={[
              { value: 'zh', text: say('pcChinese') },
              { value: 'en', text: say('pcEnglish') },
            ]}
          />
        </div>
        <p className="muted">{say('pcIdentifierNote')}</p>
        <Proposed of={proposed} error={error} cli="npx datong consent paper take --help" />
        {proposed?.proposal === undefined || entered === undefined ? null : (
          <PaperConsentSlip of={entered} proposal={proposed.proposal} />
        )}
        <SendRow
          disabled={
            sending ||
            value.fields.length === 0 ||
            [value.recipient, value.dataset, value.purpose, value.scan].includes('')
          }
        />
      </form>
    </Page>
  );
}
