import type { ReactNode } from 'react';

/** A share as a bar and a number. @param share from 0 to 1; absent: there is none */
export function Bar(props: { readonly share: number | undefined; readonly text: string }): ReactNode {
  const { share, text } = props;
  if (share === undefined) return text;
  return (
    <span className="share">
      <svg viewBox="0 0 100 8" width="80" height="8" aria-hidden="true">
        <rect width="100" height="8" fill="#e4e7ec" />
        <rect width={Math.max(0, Math.min(1, share)) * 100} height="8" fill="#0958d9" />
      </svg>{' '}
      {text}
    </span>
  );
}
