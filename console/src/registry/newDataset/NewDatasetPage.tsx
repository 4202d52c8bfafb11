import { useState, type ReactNode } from 'react';
import { defined } from '../../../../terms/defined.ts';
import { post, type Schemas } from '../../api/call.ts';
import { Link } from '../../parts/Link.tsx';
import { Page } from '../../parts/Page.tsx';
import { Select } from '../../parts/Select.tsx';
import { useAct } from '../../parts/useAct.ts';
import { useDraft } from '../../parts/useDraft.ts';
import { useDepartments } from '../../parts/useDepartments.ts';
import { addressOf } from '../../route.ts';
import { hasOffice, stewardDepartments, useSession } from '../../session.ts';
import { useWords } from '../../words/words.ts';
import { CheckedDraft, type Checked } from './CheckedDraft.tsx';
import { DraftForm } from './DraftForm.tsx';
import type { Answers, Emptied } from './drafted.ts';
import { FileCard } from './FileCard.tsx';

interface FileAnswers {
  /** name of file and table that the answers are about */
  readonly of: string;
  readonly answers?: Answers;
}

interface Chosen {
  readonly file: Schemas['SampleFile'];
  readonly sample?: Schemas['SampleFile'];
  readonly sheet?: string;
}

/** From a file to a registered dataset, as `datong dataset create`: the hub drafts, a person decides. The file is not stored. */
export function NewDatasetPage(): ReactNode {
  const { say } = useWords();
  const { session } = useSession();
  const { options } = useDepartments();
  const [chosen, setChosen] = useState<Chosen>();
  const [tried, setTried] = useState<Schemas['DatasetTried']>();
  // what was typed about a file is stored, the file is not: it is chosen again
  const stored = useDraft<FileAnswers>('dataset new', { of: '' });
  const { answers } = stored.value;
  const [checked, setChecked] = useState<Checked>();
  const [isDone, setDone] = useState(false);
  const doing = useAct();
  const own = stewardDepartments(session);
  const departments = hasOffice(session, ['operator'])
    ? options
    : options.filter(({ value }) => own.includes(value));
  const read = (wanted: Chosen): void => {
    setChosen(wanted);
    setChecked(undefined);
    doing.act(
      () => post('/v1/datasets/trials', { file: wanted.file, ...sheetOf(wanted) }),
      (found) => {
        setTried(found);
        setDone(false);
        const [first, ...others] = departments;
        const of = `${wanted.file.name} ${wanted.sheet ?? ''}`;
        if (found.draft === undefined || stored.value.of === of) return;
        const department = others.length === 0 ? (first?.value ?? '') : '';
        stored.set({ of, answers: begin(found.draft, department, say('ndDuties')) });
      },
    );
  };
  const check = (): void => {
    if (chosen === undefined || answers === undefined) return;
    doing.act(async (): Promise<Checked> => {
      const { conditions: _conditions, ...others } = answers;
      const sent = others.sharing === 'conditional' ? answers : others;
      const found = await post('/v1/datasets/trials', { ...chosen, answers: sent });
      const { objections = [], documents } = found;
      if (documents === undefined || objections.length > 0) return { tried: found };
      return {
        tried: found,
        schema: await post('/v1/schemas/trials', { document: documents.schema }),
      };
    }, setChecked);
  };
  const draft = tried?.draft;
  return (
    <Page
      title={say('ndNew')}
      lead={say('ndLead')}
      error={doing.error}
      cli="npx datong dataset create FILE"
      actions={<Link to={addressOf('datasets')}>{say('back')}</Link>}
    >
      <FileCard label={say('ndDrop')} hint={say('ndDropHint')} chosen={(file) => read({ file })} />
      {tried === undefined || chosen === undefined || tried.tables.length < 2 ? null : (
        <section className="card">
          <Select
            label={say('ndSheet')}
            value={chosen.sheet ?? ''}
            set={(sheet) => {
              if (sheet !== '') read({ file: chosen.file, sheet });
            }}
            options={['', ...tried.tables].map((value) => ({ value, text: value === '' ? '—' : value }))}
          />
        </section>
      )}
      {draft === undefined || answers === undefined || chosen === undefined || isDone ? null : (
        <>
          {draft.source === 'columns' ? (
            <FileCard
              label={say('ndRows')}
              hint={say('ndRowsHint')}
              chosen={(sample) => {
                setChosen({ ...chosen, sample });
                setChecked(undefined);
              }}
            />
          ) : null}
          <DraftForm
            draft={draft}
            emptied={emptiedIn(checked)}
            answers={answers}
            departments={[...(answers.department === '' ? [{ value: '', text: '—' }] : []), ...departments]}
            set={(change) => {
              stored.set({ answers: withChange(answers, change) });
              setChecked(undefined);
            }}
            check={check}
            isSending={doing.sending}
          />
        </>
      )}
      {checked === undefined ? null : (
        <CheckedDraft
          checked={checked}
          doing={doing}
          registered={() => {
            stored.sent();
            setDone(true);
          }}
        />
      )}
    </Page>
  );
}

const emptiedIn = (checked: Checked | undefined): Emptied => checked?.tried.sample?.emptied ?? [];

const sheetOf = ({ sheet }: Chosen): { sheet?: string } => (sheet === undefined ? {} : { sheet });

function begin(
  { proposed }: NonNullable<Schemas['DatasetTried']['draft']>,
  department: string,
  conditions: string,
): Answers {
  return { department, ...proposed, levels: {}, sharing: 'conditional', conditions, mode: 'snapshot' };
}

/** A member that becomes undefined is left out: the contract has no null. */
function withChange(before: Answers, change: Partial<Answers>): Answers {
  return defined({ ...before, ...change }) as Answers;
}
