import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { useRoute } from '../route.ts';
import { useWords } from '../words/words.ts';

/** Words that a list is searched by, stored in the address like every filter. */
export function SearchBox({ label, hint }: { readonly label: string; readonly hint: string }): ReactNode {
  const { say } = useWords();
  const { filter, refine } = useRoute();
  const [typed, setTyped] = useState(filter['q'] ?? '');
  return (
    <form
      role="search"
      className="row-form search"
      onSubmit={(event) => {
        event.preventDefault();
        refine({ q: typed.trim(), cursor: '' });
      }}
    >
      <label className="choice grow">
        <span>
          {label} <small className="muted">{hint}</small>
        </span>
        <input
          type="search"
          maxLength={100}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
      </label>
      <Button type="primary" htmlType="submit">
        {say('search')}
      </Button>
    </form>
  );
}
