import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { entriesOf, type Entry } from '../api/leaf.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { Pager } from '../parts/List.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { isWord } from '../parts/State.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { shellWord } from '../../../terms/shellWord.ts';
import { useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { EntryCard } from './EntryCard.tsx';
import { EntryTable } from './EntryTable.tsx';

type Search = Schemas['LogSearch'];
const size = 50;

type Kind = NonNullable<Search['kind']>;

/** What the address asks for; empty texts ask for everything. */
type Asked = Readonly<Record<'kind' | 'decision' | 'consumer' | 'code' | 'before', string>>;

function askedIn(filter: Readonly<Record<string, string | undefined>>, usual: Kind | undefined): Asked {
  const { decision = '', consumer = '', kind = usual ?? '', before = '', code = '' } = filter;
  return { kind, decision, consumer, code, before };
}

/** A code that no refusal can have is not searched for. */
const searchOf = ({ kind, decision, consumer, code, before }: Asked): Search =>
  ({
    ...(kind === '' ? {} : { kind }),
    ...(decision === '' ? {} : { decision }),
    ...(consumer === '' ? {} : { consumer }),
    ...(/^[a-z_]{2,60}$/.test(code) ? { code } : {}),
    ...(before === '' ? {} : { before: Number(before) }),
    limit: size,
  }) as Search;

/** Log entries by their known properties, the newest first; one of them in full. */
export function EntryList(props: {
  readonly label: string;
  readonly empty: string;
  readonly kinds: readonly Kind[];
  /** where nothing is chosen */
  readonly usual?: Kind;
}): ReactNode {
  const { label, empty, kinds, usual } = props;
  const { say } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const [open, setOpen] = useState<Entry>();
  const asked = askedIn(filter, usual);
  const search = searchOf(asked);
  const answer = useAnswer(`${JSON.stringify(search)} ${turn}`, () => post('/v1/log/searches', search));
  const entries = answer.value === undefined ? undefined : entriesOf(answer.value);
  const last = entries !== undefined && entries.length === size ? entries.at(-1) : undefined;
  return (
    <>
      <EntryFilters kinds={kinds} usual={usual} />
      <Refusal
        error={answer.error}
        cli={[
          'npx datong audit search',
          ...Object.entries(asked).flatMap(([name, value]) =>
            value === '' ? [] : [`--${name} ${shellWord(value)}`],
          ),
        ].join(' ')}
      />
      {open === undefined ? null : <EntryCard entry={open} />}
      <EntryTable
        label={label}
        empty={empty}
        persons={answer.value?.persons}
        entries={entries}
        answer={answer}
        act={(entry) => (
          <Button size="small" aria-label={`${say('open')} ${entry.index}`} onClick={() => setOpen(entry)}>
            {say('open')}
          </Button>
        )}
      />
      <Pager
        cursorName="before"
        isLoading={answer.loading}
        page={last === undefined ? {} : { nextCursor: String(last.index) }}
      />
    </>
  );
}

function EntryFilters(props: {
  readonly kinds: readonly Kind[];
  readonly usual: Kind | undefined;
}): ReactNode {
  const { kinds, usual } = props;
  const { say } = useWords();
  const { filter, refine } = useRoute();
  const { options } = useDepartments();
  return (
    <div className="filters">
      <Choice
        name="kind"
        label={say('kind')}
        all={usual === undefined ? say('allKinds') : say(`k_${usual}` as 'k_release')}
        options={kinds
          .filter((value) => value !== usual)
          .map((value) => ({ value, text: isWord(`k_${value}`) ? say(`k_${value}`) : value }))}
      />
      <Choice
        name="decision"
        label={say('decision')}
        all={say('allDecisions')}
        options={(['allow', 'deny'] as const).map((value) => ({ value, text: say(value) }))}
      />
      <Choice name="consumer" label={say('consumer')} all={say('allDepartments')} options={options} />
      <label className="choice">
        <span>{say('reason')}</span>
        <input
          value={filter['code'] ?? ''}
          onChange={({ target }) => refine({ code: target.value, before: '' }, true)}
        />
      </label>
    </div>
  );
}
