import { useState, type ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Select } from '../parts/Select.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useWords } from '../words/words.ts';

type Topic = Schemas['TopicView'];

/** Types whose events say that rows of a dataset changed have a schema of this name. */
const changedRows = /^urn:datong:hub-changed-rows:/;

/**
 * The command by which a department subscribes to a topic: its machine signs it. For changed rows it names the dataset.
 * @param props.topics those of the page
 */
export function SubscribeCommand({ topics }: { readonly topics: readonly Topic[] }): ReactNode {
  const { say, pick } = useWords();
  const [chosen, setChosen] = useState('');
  const [dataset, setDataset] = useState('');
  const topic = topics.find(({ id }) => id === chosen) ?? topics[0];
  if (topic === undefined) return null;
  const isOfRows = topic.types.some(({ schema }) => changedRows.test(schema));
  const filter = isOfRows && dataset !== '' ? ` --filter dataset=${dataset}` : '';
  return (
    <div className="form">
      <div className="row-form">
        <Select
          label={say('sbNewTopic')}
          value={topic.id}
          set={setChosen}
          options={topics.map((one) => ({ value: one.id, text: `${pick(one.title)} · ${one.id}` }))}
        />
        {isOfRows ? (
          <TextField
            required={false}
            label={say('sbNewDataset')}
            hint={say('sbNewDatasetHint')}
            maxLength={101}
            value={dataset}
            set={(to) => setDataset(to.replaceAll(/[^a-z0-9.-]/g, ''))}
          />
        ) : null}
      </div>
      <CommandLine
        label={say('sbNew')}
        line={`datong event subscribe ${topic.id} --agreement AGREEMENT --purpose PURPOSE${filter}`}
      />
      <p className="muted">{say('sbNewHint')}</p>
    </div>
  );
}
