import { Alert, Button, Table } from 'antd';
import { useEffect, useState, type ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { labelled } from '../parts/labelled.ts';
import { useWords } from '../words/words.ts';

type Delivered = Schemas['DeliveredEvent'];

/** Events that the page shows, the newest first. */
const maxShown = 50;

/**
 * The events of a subscription that its consumer's system fetches, while a person of the consumer watches: masked as for the system. Each
 * answer has a log entry with the person, so that they begin by a click, and end when the page is hidden.
 */
export function LiveEvents({ subscription }: { readonly subscription: string }): ReactNode {
  const { say, when } = useWords();
  const [state, setState] = useState<'off' | 'on' | 'refused'>('off');
  const [events, setEvents] = useState<readonly Delivered[]>([]);
  useEffect(() => {
    if (state !== 'on') return undefined;
    const source = new EventSource(`/v1/subscriptions/${subscription}/live`);
    source.addEventListener('events', ({ data }: MessageEvent<string>) => {
      const { events: more } = JSON.parse(data) as Schemas['EventsAnswer'];
      const ids = new Set(more.map(({ id }) => id));
      setEvents((before) =>
        [...[...more].reverse(), ...before.filter(({ id }) => !ids.has(id))].slice(0, maxShown),
      );
    });
    // the hub ends each answer, and the browser connects again; only a refusal closes the source
    source.addEventListener('error', () => {
      if (source.readyState === source.CLOSED) setState('refused');
    });
    const hidden = (): void => {
      if (document.visibilityState !== 'visible') setState('off');
    };
    document.addEventListener('visibilitychange', hidden);
    return () => {
      source.close();
      document.removeEventListener('visibilitychange', hidden);
    };
  }, [state, subscription]);
  return (
    <section className="card no-print" aria-label={say('sbLive')}>
      <h2>{say('sbLive')}</h2>
      <p className="muted">{say('sbLiveHint')}</p>
      <div className="row-form">
        {state === 'on' ? (
          <Button onClick={() => setState('off')}>{say('sbLiveStop')}</Button>
        ) : (
          <Button type="primary" onClick={() => setState('on')}>
            {say('sbLiveStart')}
          </Button>
        )}
      </div>
      {state === 'refused' ? <Alert role="alert" showIcon type="error" title={say('sbLiveRefused')} /> : null}
      {state === 'on' && events.length === 0 ? <p role="status">{say('sbLiveNone')}</p> : null}
      {events.length === 0 ? null : (
        <Table<Delivered>
          aria-label={say('sbLive')}
          size="small"
          pagination={false}
          rowKey={({ id }) => id}
          dataSource={events}
          columns={labelled<Delivered>([
            { title: say('sbHappened'), render: (_, { time }) => when(time) },
            { title: say('tpTypes'), render: (_, { type }) => <code>{type}</code> },
            { title: say('sbLiveData'), render: (_, { data }) => <code>{JSON.stringify(data)}</code> },
          ])}
        />
      )}
    </section>
  );
}
