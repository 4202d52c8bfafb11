import { Button } from 'antd';
import type { ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import type { Answered } from '../api/useAnswer.ts';
import { Link } from '../parts/Link.tsx';
import { List } from '../parts/List.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { Due } from '../requests/Due.tsx';
import { addressOf } from '../route.ts';
import { hasRole, hasRoleFor, readers, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { Urged } from './Urged.tsx';

type Item = Schemas['BoardItem'];

/** Address of the page of an item; for those who may not open it, of its dataset. */
function pageOf(
  session: Schemas['Session'],
  { kind, id, department = '', dataset }: Item,
): string | undefined {
  if (kind === 'file') return addressOf('datasets', [id]);
  if (!hasRole(session, readers)) return dataset === undefined ? undefined : addressOf('datasets', [dataset]);
  if (kind === 'request') return addressOf('requests', [id]);
  if (kind === 'batch') return addressOf('held', [id]);
  return addressOf('duties', [], { department, due: '1' });
}

/**
 * A leader urges overdue items: of the data office all, of a department those on which it must act. A held batch lapses before it would be
 * overdue.
 */
const mayUrge = (
  session: Schemas['Session'],
  item: Item,
): item is Item & { readonly kind: Schemas['Urge']['kind'] } =>
  item.kind !== 'batch' && item.overdue === true && hasRoleFor(session, ['leader'], item.department);

/** Items that wait, overdue ones first: what, who must act, since when, and until when. */
export function BoardItems(props: {
  readonly answer: Answered<Schemas['BoardItems']>;
  /** only the overdue ones */
  readonly overdueOnly?: boolean;
}): ReactNode {
  const { answer, overdueOnly = false } = props;
  const { say, pick, when } = useWords();
  const { session } = useSession();
  const { name } = useDepartments();
  const { act, sending, error } = useAct();
  const rows = answer.value?.items.filter(({ overdue }) => !overdueOnly || overdue === true);
  return (
    <>
      {answer.value?.cut === true ? <p role="status">{say('boardCut')}</p> : null}
      <List<Item>
        label={say(overdueOnly ? 'boardOverdue' : 'b_waiting')}
        rows={rows}
        keyOf={({ kind, id }) => `${kind} ${id}`}
        answer={answer}
        empty={say(overdueOnly ? 'boardNothingOverdue' : 'boardNothingWaits')}
        columns={[
          {
            title: say('boardItem'),
            render: (_, item) => {
              const to = pageOf(session, item);
              const title = pick(item.title) || say(`bk_${item.kind}`);
              return (
                <>
                  {to === undefined ? title : <Link to={to}>{title}</Link>}
                  <br />
                  <span className="muted" title={item.id}>
                    {say(`bk_${item.kind}`)}
                    {item.consumer === undefined ? '' : ` · ${name(item.consumer)} → ${name(item.provider)}`}
                  </span>
                </>
              );
            },
          },
          {
            title: say('boardMustAct'),
            render: (_, item) => (item.department === undefined ? say('office') : name(item.department)),
          },
          { title: say('boardSince'), render: (_, item) => when(item.since) || '—' },
          { title: say('inboxDue'), render: (_, item) => <Due of={item} /> },
          {
            title: say('urged'),
            render: (_, item) => (
              <>
                <Urged of={item} />
                {mayUrge(session, item) ? (
                  <Button
                    size="small"
                    className="no-print"
                    disabled={sending}
                    onClick={() =>
                      act(
                        () => post('/v1/board/waiting/urges', { kind: item.kind, id: item.id }),
                        () => answer.again(),
                      )
                    }
                  >
                    {say('urge')}
                    <span className="for-ears"> {item.id}</span>
                  </Button>
                ) : null}
              </>
            ),
          },
        ]}
      />
      <Refusal error={error} cli="npx datong review urge --as leader" />
    </>
  );
}
