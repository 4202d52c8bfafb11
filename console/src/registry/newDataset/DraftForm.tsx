import { Button, Table } from 'antd';
import type { ReactNode } from 'react';
import { defined } from '../../../../terms/defined.ts';
import { labelled } from '../../parts/labelled.ts';
import { Select } from '../../parts/Select.tsx';
import { TextField } from '../../parts/TextField.tsx';
import { useWords } from '../../words/words.ts';
import { fieldType } from '../fieldType.ts';
import { levels } from '../schemaForm/choices.ts';
import type { Answers, Drafted, Emptied } from './drafted.ts';
import { EmptyMarks, KeyReasons } from './FieldNotes.tsx';

/** The ten answers: each field with its guess and the reasons, then name, key, subject, sharing and rhythm. */
export function DraftForm(props: {
  readonly draft: Drafted;
  /** texts that the last check read as empty */
  readonly emptied: Emptied;
  readonly answers: Answers;
  readonly departments: readonly { readonly value: string; readonly text: string }[];
  readonly set: (change: Partial<Answers>) => void;
  readonly check: () => void;
  readonly isSending: boolean;
}): ReactNode {
  const { draft, emptied, answers, departments, set, check, isSending } = props;
  const { say, pick } = useWords();
  return (
    <form
      className="form"
      aria-label={say('ndNew')}
      onSubmit={(event) => {
        event.preventDefault();
        check();
      }}
    >
      <section className="card form">
        <div className="row-form">
          <Select
            required
            label={say('ndDepartment')}
            value={answers.department}
            set={(department) => set({ department })}
            options={departments}
          />
          <TextField
            label={say('ndTitle')}
            maxLength={200}
            value={answers.title}
            set={(title) => set({ title })}
          />
          <TextField
            label={say('ndName')}
            hint={say('ndNameHint')}
            maxLength={60}
            value={answers.name}
            set={(name) => set({ name })}
          />
        </div>
      </section>
      <section className="card">
        <h2>{say('ndFields')}</h2>
        <p className="muted">{say('ndFieldsLead')}</p>
        {draft.doubts.map((doubt) => (
          <p key={doubt.en}>{pick(doubt)}</p>
        ))}
        <FieldTable draft={draft} answers={answers} set={set} />
        <KeyReasons draft={draft} />
        <EmptyMarks draft={draft} emptied={emptied} answers={answers} set={set} />
        <SubjectChoice draft={draft} answers={answers} set={set} />
      </section>
      <section className="card form">
        <h2>{say('ndSharing')}</h2>
        <div className="row-form">
          <Select
            label={say('sharing')}
            value={answers.sharing}
            set={(sharing) => set({ sharing: sharing as Answers['sharing'] })}
            options={[
              { value: 'conditional', text: say('conditional') },
              { value: 'unconditional', text: say('unconditional') },
              { value: 'none', text: say('notShared') },
            ]}
          />
          <Select
            label={say('mode')}
            value={answers.mode}
            set={(mode) => set({ mode: mode as Answers['mode'] })}
            options={[
              { value: 'snapshot', text: say('ndSnapshot') },
              { value: 'upsert', text: say('ndUpsert') },
            ]}
          />
          <Select
            label={say('ndEvery')}
            value={answers.every ?? ''}
            set={(every) => set({ every: every === '' ? undefined : every } as Partial<Answers>)}
            options={[
              { value: '', text: say('ndNoDays') },
              { value: 'day', text: say('ndDay') },
              { value: 'workday', text: say('ndWorkday') },
            ]}
          />
        </div>
        {answers.sharing !== 'conditional' ? null : (
          <TextField
            label={say('conditions')}
            maxLength={1000}
            value={answers.conditions ?? ''}
            set={(conditions) => set({ conditions })}
          />
        )}
      </section>
      <div className="row-form">
        <Button type="primary" htmlType="submit" disabled={isSending}>
          {say('ndCheck')}
        </Button>
        <span role="status">{isSending ? say('loading') : ''}</span>
      </div>
    </form>
  );
}

type ValueType = NonNullable<Answers['types']>[string];
const valueTypes = [
  ...(['text', 'integer', 'number', 'decimal', 'boolean', 'date', 'date-time'] as const),
] satisfies readonly ValueType[];

/** The word for a guessed type, which a draft writes as `string date`, or `enum`. */
function guessedType(text: string): ReturnType<typeof fieldType>['word'] {
  const [type, format] = text.split(' ');
  return fieldType(type === 'enum' ? { enum: [] } : { type, ...defined({ format }) }).word;
}

/** What a person wrote in the place of a guess, by field; what is the guess is left out. */
function withOwn<T extends string>(
  before: Readonly<Record<string, T>> = {},
  field: string,
  value: T,
  guess: string,
): Record<string, T> {
  const { [field]: _before, ...others } = before;
  return value === guess ? others : { ...others, [field]: value };
}

type Part = Pick<Parameters<typeof DraftForm>[0], 'draft' | 'answers' | 'set'>;

function FieldTable({ draft, answers, set }: Part): ReactNode {
  const { say, pick } = useWords();
  const { key } = answers;
  return (
    <Table
      aria-label={say('ndFields')}
      className="grid-form"
      size="small"
      pagination={false}
      rowKey={({ field }) => field}
      dataSource={draft.fields}
      columns={labelled<Drafted['fields'][number]>([
        {
          title: say('field'),
          render: (_, { title, field }) => (
            <>
              <input
                required
                aria-label={say('ndTitleOf', { field })}
                maxLength={200}
                value={answers.titles?.[field] ?? title.zh}
                onChange={({ target }) =>
                  set({ titles: withOwn(answers.titles, field, target.value, title.zh) })
                }
              />{' '}
              <code>{field}</code>
            </>
          ),
        },
        {
          title: say('fieldType'),
          render: (_, { field, title, type }) => (
            <Select
              bare
              label={say('ndTypeOf', { field: title.zh })}
              value={answers.types?.[field] ?? ''}
              set={(to) => set({ types: withOwn(answers.types, field, to as ValueType, '') })}
              options={[
                { value: '', text: say('ndGuessed', { type: say(guessedType(type)) }) },
                ...valueTypes.map((value) => ({ value, text: say(`vk_${value}`) })),
              ]}
            />
          ),
        },
        {
          title: say('ndKey'),
          render: (_, { field, title }) => (
            <input
              type="checkbox"
              aria-label={say('ndKeyOf', { field: title.zh })}
              checked={key.includes(field)}
              onChange={({ target }) =>
                set({ key: target.checked ? [...key, field] : key.filter((one) => one !== field) })
              }
            />
          ),
        },
        {
          title: say('catSensitivity'),
          render: (_, { field, title, sensitivity }) => (
            <Select
              bare
              label={say('ndLevelOf', { field: title.zh })}
              value={answers.levels[field] ?? sensitivity}
              set={(level) => {
                const { [field]: _before, ...others } = answers.levels;
                set({
                  levels: level === sensitivity ? others : { ...others, [field]: level as 'L1' },
                });
              }}
              options={levels.map((level) => ({ value: level, text: level }))}
            />
          ),
        },
        {
          title: say('ndReasons'),
          render: (_, { reasons, confidence }) => (
            <>
              {reasons.map(pick).join(say('pointSemicolon'))}{' '}
              <span className="muted">{say('ndSure', { percent: Math.round(confidence * 100) })}</span>
            </>
          ),
        },
      ])}
    />
  );
}

function SubjectChoice({ draft, answers, set }: Part): ReactNode {
  const { say } = useWords();
  const { subject } = answers;
  return (
    <div className="row-form below-table">
      <Select
        label={say('ndSubject')}
        value={subject?.field ?? ''}
        set={(field) =>
          set({
            subject: field === '' ? undefined : { field, kind: subject?.kind ?? 'person' },
          } as Partial<Answers>)
        }
        options={[
          { value: '', text: say('ndNoSubject') },
          ...draft.fields.map(({ field, title }) => ({ value: field, text: title.zh })),
        ]}
      />
      {subject === undefined ? null : (
        <Select
          label={say('ndSubjectKind')}
          value={subject.kind}
          set={(kind) => set({ subject: { ...subject, kind: kind as 'person' } })}
          options={[
            { value: 'person', text: say('ndPerson') },
            { value: 'organization', text: say('ndOrganization') },
          ]}
        />
      )}
    </div>
  );
}
