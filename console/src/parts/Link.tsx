import type { MouseEvent, ReactNode } from 'react';
import { go } from '../route.ts';

/** A link within the console: opens at once, and in another tab where it is asked to. */
export function Link(props: {
  readonly to: string;
  readonly current?: boolean;
  /** what is read aloud where the text alone does not say what it opens */
  readonly label?: string;
  /** opens content on the same page, without moving the reader's position */
  readonly stay?: boolean;
  /** looks like a button: the act that the page is for */
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
