import { useState, type ReactNode } from 'react';
import { Link } from './parts/Link.tsx';
import { useOpenCount } from './parts/openCount.ts';
import { addressOf } from './route.ts';
import { useWords } from './words/words.ts';
import type { Words } from './words/zh.ts';

/** Groups by kind of work, in the order of display. */
const groups = ['mine', 'share', 'data', 'linked', 'cases', 'watch', 'keep', 'house'] as const;
export type MenuGroup = (typeof groups)[number];

const place = 'datong-menu-closed';

interface MenuEntry {
  readonly page: keyof Words;
  readonly group?: MenuGroup;
}

/**
 * The pages that the person may open, in groups that open and close by mouse and by keyboard. A closed group stays closed in this browser
 * until one of its pages is shown.
 */
export function Menu(props: {
  readonly entries: readonly MenuEntry[];
  /** undefined where the address is of no page */
  readonly current: keyof Words | undefined;
}): ReactNode {
  const { entries, current } = props;
  const { say, number } = useWords();
  const { count = 0 } = useOpenCount();
  const [open, setOpen] = useState(false);
  const [closed, setClosed] = useState<ReadonlySet<string>>(
    () => new Set((window.localStorage.getItem(place) ?? '').split(' ')),
  );
  const [shown, setShown] = useState<string>();
  const turn = (group: MenuGroup | undefined, open: boolean): void => {
    if (group === undefined || open !== closed.has(group)) return;
    const after = new Set([...closed].filter((one) => one !== group));
    if (!open) after.add(group);
    window.localStorage.setItem(place, [...after].join(' ').trim());
    setClosed(after);
  };
  if (shown !== current) {
    setShown(current);
    setOpen(false);
    turn(entries.find(({ page }) => page === current)?.group, true);
  }
  return (
    <nav className={open ? 'menu menu-open' : 'menu'} aria-label={say('nav')}>
      {/* shown on narrow screens only */}
      <button
        type="button"
        className="menu-button"
        aria-expanded={open}
        onClick={() => setOpen((before) => !before)}
      >
        ☰ {say('menu')}
        {current === undefined ? '' : `${say('pointColon')}${say(current)}`}
      </button>
      {groups.map((group) => {
        const pages = entries.filter((one) => one.group === group).map(({ page }) => page);
        if (pages.length === 0) return null;
        return (
          <details
            key={group}
            open={!closed.has(group)}
            onToggle={({ currentTarget }) => turn(group, currentTarget.open)}
          >
            <summary
              onClick={(event) => {
                // stored before it is rendered: the browser reports a toggle of its own only later
                event.preventDefault();
                turn(group, closed.has(group));
              }}
            >
              {say(`mn_${group}`)}
            </summary>
            <ul>
              {pages.map((page) => (
                <li key={page}>
                  <Link to={addressOf(page)} current={page === current}>
                    {say(page)}
                    {page === 'inbox' && count > 0 ? (
                      <span className="menu-count" title={say('hmCount', { n: number(count) })}>
                        {number(count)}
                      </span>
                    ) : null}
                  </Link>
                </li>
              ))}
            </ul>
          </details>
        );
      })}
    </nav>
  );
}
