import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { addressOf, go, useRoute } from '../route.ts';
import { useWords } from '../words/words.ts';

/** Words that a list is searched by, stored in the address like every filter. @param props.page the page that shows the results; absent: the current one */
export function SearchBox(props: {
  readonly label: string;
  readonly hint: string;
  readonly page?: string;
}): ReactNode {
  const { label, hint, page } = props;
  const { say } = useWords();
  const { filter, refine } = useRoute();
  const words = filter['q'] ?? '';
  // what was typed for other words of the address, before Back or a link, is not shown
  const [draft, setDraft] = useState({ words, text: words });
  const typed = draft.words === words ? draft.text : words;
  return (
    <form
      role="search"
      className="row-form search"
      onSubmit={(event) => {
        event.preventDefault();
        if (page === undefined) refine({ q: typed.trim(), cursor: '' });
        else go(addressOf(page, [], { q: typed.trim() }));
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
          onChange={({ target }) => setDraft({ words, text: target.value })}
        />
      </label>
      <Button type="primary" htmlType="submit">
        {say('search')}
      </Button>
    </form>
  );
}
