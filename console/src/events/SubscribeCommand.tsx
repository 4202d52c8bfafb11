import { useState, type ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Select } from '../parts/Select.tsx';
import { shellWord } from '../../../terms/shellWord.ts';
import { TextField } from '../parts/TextField.tsx';
import { usePurposes } from '../requests/usePurposes.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

type Topic = Schemas['TopicView'];
type Agreement = Schemas['PolicyDocumentSummary'];

/** The choice of several topics by a pattern; no topic has this id. */
const several = '*';
/** Types whose events say that rows of a dataset changed have a schema of this name. */
const changedRows = /^urn:datong:hub-changed-rows:/;

/**
 * The command by which a department subscribes: its key signs the call, so that its machine runs it.
 * @param props.topics those of the page
 */
export function SubscribeCommand({ topics }: { readonly topics: readonly Topic[] }): ReactNode {
  const { say, pick } = useWords();
  const [chosen, setChosen] = useState('');
  const [first] = topics;
  if (first === undefined) return null;
  const topic = topics.find(({ id }) => id === chosen) ?? first;
  return (
    <div className="form">
      <h3>{say('sbNew')}</h3>
      <Select
        label={say('sbNewTopic')}
        value={chosen === several ? several : topic.id}
        set={setChosen}
        options={[
          ...topics.map((one) => ({ value: one.id, text: `${pick(one.title)} · ${one.id}` })),
          { value: several, text: say('sbNewSeveral') },
        ]}
      />
      {chosen === several ? <PatternCommand /> : <TopicCommand key={topic.id} topic={topic} />}
      <p className="muted">{say('sbNewHint')}</p>
    </div>
  );
}

/** One topic: all of its types, or one of them. */
function TopicCommand({ topic }: { readonly topic: Topic }): ReactNode {
  const { say } = useWords();
  const [type, setType] = useState('');
  const all = topic.types.map((one) => one.type);
  return (
    <>
      {all.length > 1 ? (
        <Select
          label={say('oeType')}
          value={type}
          set={setType}
          options={[
            { value: '', text: say('sbNewAllTypes') },
            ...all.map((one) => ({ value: one, text: one })),
          ]}
        />
      ) : null}
      <AgreedCommand key={type} topic={topic} types={type === '' ? all : [type]} />
    </>
  );
}

/**
 * An agreement in force that delivers the types, one of its purposes, and where the events go.
 * @param props.types all of the topic, or one
 */
function AgreedCommand({
  topic,
  types,
}: {
  readonly topic: Topic;
  readonly types: readonly string[];
}): ReactNode {
  const { say, pick } = useWords();
  const agreements = useAgreements(types);
  const [agreement, setAgreement] = useState('');
  const [purpose, setPurpose] = useState('');
  const [start, setStart] = useState('');
  const [filter, setFilter] = useState('');
  const [url, setUrl] = useState('');
  const used = agreements?.find(({ id }) => id === agreement) ?? agreements?.[0];
  if (agreements === undefined) return null;
  if (used === undefined) return <p role="note">{say('sbNewNoAgreement')}</p>;
  const isOfRows = topic.types.some(({ schema }) => changedRows.test(schema));
  return (
    <>
      <div className="row-form">
        <Select
          label={say('sbAgreement')}
          value={used.id}
          set={setAgreement}
          options={agreements.map(({ id, title }) => ({ value: id, text: pick(title) || id }))}
        />
        <Purpose codes={used.purposes} value={purpose} set={setPurpose} />
        <Start value={start} set={setStart} />
        <TextField
          required={false}
          label={say(isOfRows ? 'sbNewDataset' : 'sbNewFilter')}
          hint={say(isOfRows ? 'sbNewDatasetHint' : types.length > 1 ? 'sbNewFilterEach' : 'sbNewFilterHint')}
          maxLength={200}
          value={filter}
          set={setFilter}
        />
        <TextField
          required={false}
          label={say('sbNewUrl')}
          hint={say('sbNewUrlHint')}
          value={url}
          set={setUrl}
        />
      </div>
      <CommandLine
        label={say('sbNewLine')}
        line={[
          `datong event subscribe ${topic.id} --agreement ${used.id}`,
          ...option('--purpose', chosenOf(used.purposes, purpose)),
          ...option('--types', types.length < topic.types.length ? types.join(',') : ''),
          ...option('--filter', isOfRows && filter !== '' ? `dataset=${filter}` : filter),
          ...(start === '' ? [] : ['--oldest']),
          ...option('--url', url),
        ].join(' ')}
      />
    </>
  );
}

/** Several topics: each is decided under its own agreement. */
function PatternCommand(): ReactNode {
  const { say } = useWords();
  const codes = (usePurposes().all ?? []).map(({ code }) => code);
  const [pattern, setPattern] = useState('');
  const [purpose, setPurpose] = useState('');
  const [start, setStart] = useState('');
  const [filter, setFilter] = useState('');
  return (
    <>
      <div className="row-form">
        <TextField
          label={say('sbNewPattern')}
          hint={say('sbNewPatternHint')}
          maxLength={101}
          value={pattern}
          set={(to) => setPattern(to.replaceAll(/[^a-z0-9.*-]/g, ''))}
        />
        <Purpose codes={codes} value={purpose} set={setPurpose} />
        <Start value={start} set={setStart} />
        <TextField
          required={false}
          label={say('sbNewFilter')}
          hint={say('sbNewFilterHint')}
          maxLength={200}
          value={filter}
          set={setFilter}
        />
      </div>
      {pattern.includes('*') ? (
        <CommandLine
          label={say('sbNewLine')}
          line={[
            `datong event subscribe ${shellWord(pattern)}`,
            ...option('--purpose', chosenOf(codes, purpose)),
            ...option('--filter', filter),
            ...(start === '' ? [] : ['--oldest']),
          ].join(' ')}
        />
      ) : null}
    </>
  );
}

function Purpose(props: {
  readonly codes: readonly string[];
  readonly value: string;
  readonly set: (code: string) => void;
}): ReactNode {
  const { say } = useWords();
  const { name } = usePurposes();
  const { codes, value, set } = props;
  return (
    <Select
      label={say('sbPurpose')}
      value={chosenOf(codes, value)}
      set={set}
      options={codes.map((code) => ({ value: code, text: name(code) }))}
    />
  );
}

function Start(props: { readonly value: string; readonly set: (to: string) => void }): ReactNode {
  const { say } = useWords();
  const options = [
    { value: '', text: say('sbNewNow') },
    { value: 'oldest', text: say('sbNewOldest') },
  ];
  return <Select label={say('sbNewStart')} {...props} options={options} />;
}

/** What a list shows as chosen. */
const chosenOf = (codes: readonly string[], value: string): string =>
  codes.includes(value) ? value : (codes[0] ?? '');

const option = (name: string, value: string): readonly string[] =>
  value === '' ? [] : [`${name} ${shellWord(value)}`];

/** Agreements in force that deliver each of these types to a department of the person; undefined before they are known. */
function useAgreements(types: readonly string[]): readonly Agreement[] | undefined {
  const { turn, session } = useSession();
  const [dataset] = types;
  const answer = useAnswer(`agreements for ${types.join(' ')} ${turn}`, () =>
    get('/v1/policy/documents', { query: { dataset, kind: 'Agreement', state: 'active' } }),
  );
  const departments = session.roles.map(({ department }) => department);
  return answer.value?.documents.filter(
    ({ consumer, datasets }) =>
      consumer !== undefined &&
      departments.includes(consumer) &&
      types.every((type) => datasets.includes(type)),
  );
}
