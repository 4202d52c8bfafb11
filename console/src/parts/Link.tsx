import type { MouseEvent, ReactNode } from 'react';
import { go } from '../route.ts';

/** A link within the console: opens at once, and in another tab where it is asked to. */
export function Link(props: {
  readonly to: string;
  readonly current?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  const { to, current = false, children } = props;
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
    window.scrollTo(0, 0);
  };
  return (
    <a href={to} onClick={follow} aria-current={current ? 'page' : undefined}>
      {children}
    </a>
  );
}
