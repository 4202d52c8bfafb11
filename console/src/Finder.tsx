import { Button } from 'antd';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { get, type Schemas } from './api/call.ts';
import { isWord, State } from './parts/State.tsx';
import { Link } from './parts/Link.tsx';
import { useDepartments } from './parts/useDepartments.ts';
import { addressOf } from './route.ts';
import { useWords } from './words/words.ts';

type Group = Schemas['SearchGroup'];
type Hit = Schemas['SearchHit'];

/** ms without a further letter before the hub is asked: each search has an entry in the log, because it shows persons */
const typingPauseMs = 500;

/** The page of each kind. */
const pages = {
  dataset: 'datasets',
  catalogue: 'catalogue',
  request: 'requests',
  agreement: 'agreements',
  batch: 'held',
  ticket: 'tickets',
  dispute: 'disputes',
  person: 'persons',
} as const satisfies Readonly<Record<Group['kind'], string>>;

function addressOfHit(kind: Group['kind'], { id, department = '', roles = [] }: Hit): string {
  if (kind === 'person') return addressOf('persons', [], { department, role: roles[0] ?? '' });
  // of an agreement: id@version
  return addressOf(pages[kind], id.split('@'));
}

/**
 * Search over everything that the person may see, opened by the button, Ctrl K or ⌘K. Arrow keys move between the field and the hits, Enter
 * opens a hit, Escape closes the search.
 */
export function Finder(): ReactNode {
  const { say } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOpen, setOpen] = useState(false);
  const show = (): void => {
    setOpen(true);
    if (dialog.current?.open === false) dialog.current.showModal();
  };
  useEffect(() => {
    const pressed = (event: globalThis.KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 'k') return;
      event.preventDefault();
      show();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, []);
  return (
    <>
      <Button size="small" onClick={show} aria-keyshortcuts="Control+K Meta+K">
        {say('find')} <kbd>Ctrl K</kbd>
      </Button>
      <dialog
        ref={dialog}
        className="finder"
        // a closed dialog has no name, so that assistive software does not list it
        aria-label={isOpen ? say('findTitle') : undefined}
        onClose={() => setOpen(false)}
        onKeyDown={moveFocus}
        onClick={({ target, currentTarget }) => {
          // a hit was opened, or the reader clicked outside
          if (target === currentTarget || (target instanceof Element && target.closest('a') !== null))
            currentTarget.close();
        }}
      >
        {isOpen ? <Search close={() => dialog.current?.close()} /> : null}
      </dialog>
    </>
  );
}

/** Moves the focus between the field and the hits. */
function moveFocus(event: KeyboardEvent<HTMLDialogElement>): void {
  // the keys choose characters of an input method
  if (event.nativeEvent.isComposing) return;
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('input, .finder-hits a')];
  const at = stops.findIndex((one) => one === document.activeElement);
  const next = stops[at + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

function Search({ close }: { readonly close: () => void }): ReactNode {
  const { say, number } = useWords();
  const [typed, setTyped] = useState('');
  const [groups, setGroups] = useState<readonly Group[]>();
  const [isFailed, setFailed] = useState(false);
  const q = typed.trim();
  useEffect(() => {
    let isCurrent = true;
    setGroups(undefined);
    setFailed(false);
    if (q === '') return undefined;
    const timer = setTimeout(() => {
      get('/v1/search', { query: { q } }).then(
        (answer) => {
          if (isCurrent) setGroups(answer.groups);
        },
        () => {
          if (isCurrent) setFailed(true);
        },
      );
    }, typingPauseMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [q]);
  const count = groups?.reduce((total, { hits }) => total + hits.length, 0);
  const status = isFailed
    ? say('findFailed')
    : count === undefined
      ? say(q === '' ? 'findHint' : 'loading')
      : say(count === 0 ? 'findNothing' : 'findCount', { count: number(count) });
  return (
    <>
      <form
        role="search"
        className="finder-field"
        onSubmit={(event) => {
          event.preventDefault();
          event.currentTarget.closest('dialog')?.querySelector<HTMLElement>('.finder-hits a')?.click();
        }}
      >
        <input
          type="search"
          autoFocus
          maxLength={100}
          aria-label={say('findTitle')}
          placeholder={say('findPlaceholder')}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
        <Button onClick={close}>{say('findClose')}</Button>
      </form>
      <p role="status" className="muted">
        {status}
      </p>
      <div className="finder-hits">
        {groups?.map((group) => (
          <section key={group.kind}>
            <h2>{say(`fk_${group.kind}`)}</h2>
            <ul>
              {group.hits.map((hit) => (
                <li key={hit.id}>
                  <FoundThing kind={group.kind} hit={hit} />
                </li>
              ))}
            </ul>
            {group.more ? <p className="muted">{say('findMore')}</p> : null}
          </section>
        ))}
      </div>
    </>
  );
}

function FoundThing({ kind, hit }: { readonly kind: Group['kind']; readonly hit: Hit }): ReactNode {
  const { say, pick } = useWords();
  const { name } = useDepartments();
  const { id, title, consumer, provider, department, about, state, roles = [] } = hit;
  const parties = [provider, consumer].flatMap((one) => (one === undefined ? [] : [name(one)])).join(' → ');
  const roleWord = (role: string): string => {
    const word = `r_${role}`;
    return isWord(word) ? say(word) : role;
  };
  const held = roles.map(roleWord).join(say('pointList'));
  const facts = [
    ...(title === undefined ? [] : [id]),
    ...[parties, about ?? '', held],
    ...(department === undefined ? [] : [name(department)]),
  ].filter((text) => text !== '');
  return (
    <Link to={addressOfHit(kind, hit)}>
      <strong>{hit.name ?? (title === undefined ? id : pick(title))}</strong>{' '}
      <span className="muted">{facts.join(' · ')}</span>{' '}
      {state === undefined ? null : <State state={state} />}
    </Link>
  );
}
