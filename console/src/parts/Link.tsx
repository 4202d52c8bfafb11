import type { MouseEvent, ReactNode } from 'react';
import { go } from '../route.ts';

/** A link within the console: opens without a page load, and in another tab on request. */
export function Link(props: {
  readonly to: string;
  readonly current?: boolean;
  /** text for screen readers where the visible text does not name the target */
  readonly label?: string;
  /** opens content on the same page, without moving the reader's position */
  readonly stay?: boolean;
  /** styled as a button: for the main act of the page */
  readonly button?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  const { to, current = false, label, stay = false, button = false, children } = props;
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
    if (!stay) window.scrollTo(0, 0);
  };
  return (
    <a
      href={to}
      onClick={follow}
      className={button ? 'as-button' : undefined}
      aria-label={label}
      aria-current={current ? 'page' : undefined}
    >
      {children}
    </a>
  );
}
